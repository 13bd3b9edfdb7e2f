import { GroupMember } from '../test/group-member.ts';
import { type Library, Person } from '../test/person.ts';

/** CPU of each step beside the replaced library's, records being read and written at each. */
const body = Buffer.alloc(200, 7);
const chat = 'group@g.us';
const rounds = 5;

interface Row {
  key: string;
  name: string;
  times: number;
  prepare(library: Library): Promise<() => Promise<unknown>>;
}

async function acquainted(library: Library) {
  const [anna, ben] = [new Person('anna', library), new Person('ben', library)];
  await anna.open(ben);
  await ben.decrypt(anna, await anna.encrypt(ben, body));
  await anna.decrypt(ben, await ben.encrypt(anna, body));
  return { anna, ben };
}

const rows: Row[] = [
  {
    key: 'encrypt',
    name: 'encrypt',
    times: 300,
    async prepare(library) {
      const { anna, ben } = await acquainted(library);
      return () => anna.encrypt(ben, body);
    },
  },
  {
    key: 'oneWay',
    name: 'encrypt and decrypt, one direction',
    times: 300,
    async prepare(library) {
      const { anna, ben } = await acquainted(library);
      return async () => ben.decrypt(anna, await anna.encrypt(ben, body));
    },
  },
  {
    key: 'toAndFro',
    name: 'encrypt and decrypt, to and fro (two turns of the ratchet)',
    times: 100,
    async prepare(library) {
      const { anna, ben } = await acquainted(library);
      return async () => {
        await ben.decrypt(anna, await anna.encrypt(ben, body));
        await anna.decrypt(ben, await ben.encrypt(anna, body));
      };
    },
  },
  {
    key: 'first',
    name: 'first contact: open, encrypt, decrypt',
    times: 30,
    async prepare(library) {
      const [anna, ben] = [new Person('anna', library), new Person('ben', library)];
      const bundle = ben.bundle(false);
      ben.bundle = () => bundle;
      return async () => {
        anna.kept.clear();
        ben.kept.clear();
        await anna.open(ben);
        await ben.decrypt(anna, await anna.encrypt(ben, body));
      };
    },
  },
  {
    key: 'groupOut',
    name: 'group message out',
    times: 60,
    async prepare(library) {
      const writer = new GroupMember(library);
      await writer.announce(chat);
      for (let n = 0; n < 20; n++) await writer.encrypt(chat, body);
      return () => writer.encrypt(chat, body);
    },
  },
  {
    key: 'groupIn',
    name: 'group message in',
    times: 60,
    async prepare(library) {
      const [writer, reader] = [new GroupMember('ours'), new GroupMember(library)];
      await reader.accept(chat, await writer.announce(chat));
      const messages: Buffer[] = [];
      for (let n = 0; n < 60 * (rounds + 1); n++) messages.push(await writer.encrypt(chat, body));
      return async () => reader.decrypt(chat, messages.shift() ?? Buffer.alloc(0));
    },
  },
];

async function cpuUs(row: Row, library: Library): Promise<number[]> {
  const deed = await row.prepare(library);
  for (let n = 0; n < row.times; n++) await deed();
  const taken: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    for (let n = 0; n < row.times; n++) await deed();
    const { user, system } = process.cpuUsage(before);
    taken.push((user + system) / row.times);
  }
  return taken;
}

/** What each step took in each round, in µs of CPU. */
export interface Measured {
  key: string;
  name: string;
  ours: number[];
  old: number[];
}

export async function* measureAll(): AsyncGenerator<Measured> {
  for (const row of rows) {
    const [ours, old] = [await cpuUs(row, 'ours'), await cpuUs(row, 'old')];
    yield { key: row.key, name: row.name, ours, old };
  }
}
