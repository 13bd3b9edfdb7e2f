import { Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import type { Db } from '../src/platform/db/transaction.ts';
import { hostileDeeds } from './hostile-contents.ts';
import { openHouse } from './house.ts';
import { openSink, type Sink } from './kit/sink.ts';
import type { SandboxPhone } from './sandbox.ts';
import { connectedProfile, newCustomer, newTenant, type Tenant } from './tenant.ts';
import { until } from './until.ts';

export interface StrangerOptions {
  contents: number;
  seed: number;
  /** Between one message of the honest person and the next. */
  honestEveryMs: number;
}

/** What came of it: counted in the database, at the webhook's receiver, in the log and in the process. */
export interface StrangerReport {
  contents: number;
  namesTaken: number;
  refusedByNetwork: number;
  missing: number;
  unsupported: number;
  honest: number;
  honestMissing: number;
  honestMedianMs: number;
  honestSlowestMs: number;
  eventsMissing: number;
  logLines: number;
  leftInJournal: number;
  connectionsLost: number;
  broughtAgain: number;
  seconds: number;
  memoryMbAtStart: number;
  memoryMbMax: number;
}

/** A stranger writes what no app writes, as fast as the network carries it, while somebody honest writes steadily. */
export async function floodOfNonsense(options: StrangerOptions): Promise<StrangerReport> {
  const log = countingLog();
  const [house, sink] = await Promise.all([openHouse({}, { log: log.log }), openSink()]);
  const { db } = house.database.database;
  try {
    const tenant = await newTenant(house.api);
    const profile = await connectedProfile(tenant, house.sandbox);
    const { told, lost } = await tellSink(tenant, sink);
    const stranger = await newCustomer(house.sandbox, 'Stranger');
    const friend = await newCustomer(house.sandbox, 'Friend');
    const { phone } = profile;
    const stored = storedOf(db, profile.id);
    for (const each of [stranger, friend]) {
      const hello = await each.sends(phone.number, 'hello');
      await until('both are known', () => stored.has(hello));
    }

    log.begin();
    const memory = watchMemory();
    const begunMs = performance.now();
    const honest = writeHonestly(friend, phone.number, options.honestEveryMs, stored.has);
    const flood = await writeNonsense(stranger, phone.number, options);
    await until('all is delivered', async () => (await phone.devices())[0]?.pending === 0, 60_000);
    await until('the journal is empty', async () => (await stored.inJournal()) === 0, 10_000).catch(
      () => undefined,
    );
    const said = await honest.end();
    const seconds = Math.round((performance.now() - begunMs) / 1000);
    const rows = await stored.rows();
    const isTold = () => rows.every(({ id }) => told.has(id));
    await until('the webhook has heard all', isTold, 30_000).catch(() => undefined);
    const measured = { ...memory.end(), logLines: log.lines(), connectionsLost: lost() };
    const leftInJournal = await stored.inJournal();

    await tenant.key.post(`/profiles/${profile.id}/disconnect`);
    await tenant.key.post(`/profiles/${profile.id}/connect`);
    const last = await friend.sends(phone.number, 'after a new connection');
    await until('stored after a new connection', () => stored.has(last));

    const ids = new Set(rows.map((row) => row.wa_message_id));
    const waits = said.map(({ ms }) => ms ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
    return {
      ...flood.counts,
      missing: flood.shown.filter((id) => !ids.has(id)).length,
      unsupported: rows.filter((row) => row.type === 'unsupported').length,
      honest: said.length,
      honestMissing: said.filter(({ id }) => !ids.has(id)).length,
      honestMedianMs: Math.round(waits[Math.floor(waits.length / 2)] ?? Number.POSITIVE_INFINITY),
      honestSlowestMs: Math.round(waits.at(-1) ?? Number.POSITIVE_INFINITY),
      eventsMissing: rows.filter(({ id }) => !told.has(id)).length,
      leftInJournal,
      broughtAgain: (await stored.rows()).length - rows.length - 1,
      seconds,
      ...measured,
    };
  } finally {
    await Promise.all([house.close(), sink.close()]);
  }
}

async function writeNonsense(stranger: SandboxPhone, to: string, { contents, seed }: StrangerOptions) {
  const shown: string[] = [];
  const counts = { contents, namesTaken: 0, refusedByNetwork: 0 };
  for (const { body, name, isShown } of hostileDeeds(seed).take(contents)) {
    if (name && (await stranger.named(name).then(yes, no))) counts.namesTaken += 1;
    const id = await stranger.writes(to, body).catch(no);
    if (!id) counts.refusedByNetwork += 1;
    else if (isShown && !body.id) shown.push(id);
  }
  return { shown, counts };
}

/** Somebody who writes at a steady pace, and how long each message took from the network to the database. */
function writeHonestly(
  friend: SandboxPhone,
  to: string,
  everyMs: number,
  isStored: (id: string) => Promise<boolean>,
) {
  const said: { id: string; ms: number | undefined }[] = [];
  let isOver = false;
  const writing = (async () => {
    for (let nth = 0; !isOver; nth++) {
      const begunMs = performance.now();
      const id = await friend.sends(to, `honest ${nth}`);
      const takenMs = performance.now();
      const inTime = await until('stored', () => isStored(id), 10_000).catch(no);
      said.push({ id, ms: inTime && performance.now() - takenMs });
      await pause(Math.max(0, everyMs - (performance.now() - begunMs)));
    }
  })();
  return {
    async end() {
      isOver = true;
      await writing;
      return said;
    },
  };
}

function storedOf(db: Db, profileId: string) {
  const incoming = () =>
    db
      .selectFrom('messages')
      .select(['id', 'wa_message_id', 'type'])
      .where('profile_id', '=', profileId)
      .where('direction', '=', 'incoming');
  return {
    rows: () => incoming().execute(),
    has: async (id: string) => (await incoming().where('wa_message_id', '=', id).execute()).length > 0,
    inJournal: async () =>
      (await db.selectFrom('engine_journal').select('hash').where('profile_id', '=', profileId).execute())
        .length,
  };
}

/** What the webhook hears: messages by id, and ends of the connection. */
async function tellSink(tenant: Tenant, sink: Sink) {
  await tenant.key.post('/webhooks', { url: sink.url, events: ['message.received', 'connection.update'] });
  const told = new Set<string>();
  let lostCount = 0;
  sink.answer = ({ body }) => {
    if (body.event === 'message.received') told.add(body.data.messageId);
    else if (body.data.status !== 'connected') lostCount += 1;
    // Nonsense by the megabyte need not be kept.
    sink.caught.length = 0;
    return 200;
  };
  return { told, lost: () => lostCount };
}

/** The log as production has it, of which only the lines are counted. */
function countingLog() {
  let lines = 0;
  const sink = new Writable({
    write(_line, _encoding, done) {
      lines += 1;
      done();
    },
  });
  return {
    log: pino({ level: 'info' }, sink),
    lines: () => lines,
    begin() {
      lines = 0;
    },
  };
}

function watchMemory() {
  const mb = () => Math.round(process.memoryUsage.rss() / 2 ** 20);
  const memoryMbAtStart = mb();
  let memoryMbMax = memoryMbAtStart;
  const timer = setInterval(() => {
    memoryMbMax = Math.max(memoryMbMax, mb());
  }, 50);
  return {
    end() {
      clearInterval(timer);
      return { memoryMbAtStart, memoryMbMax };
    },
  };
}

const yes = () => true;
const no = () => undefined;
