import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { step } from '../src/chain.ts';
import { typedPublicKey } from '../src/curve/public-key.ts';
import { SenderKeyRecord } from '../src/group/sender-key-record.ts';
import { SessionRecord, SignalError } from '../src/index.ts';
import { seal } from '../src/session/seal.ts';
import { readWhisperMessage } from '../src/wire/messages.ts';
import { readAnnouncement } from '../src/wire/sender-key-messages.ts';
import { Writer } from '../src/wire/writer.ts';
import { GroupMember } from './group-member.ts';
import { Person } from './person.ts';

const chat = 'group@g.us';

/** Two people with an answered session. */
async function acquainted() {
  const [anna, ben] = [new Person('anna', 'ours'), new Person('ben', 'ours')];
  await anna.open(ben);
  await ben.decrypt(anna, await anna.encrypt(ben, Buffer.from('hello')));
  await anna.decrypt(ben, await ben.encrypt(anna, Buffer.from('hello')));
  return { anna, ben };
}

/** Expects that nothing of this is taken, and that nothing is changed by it. */
async function refused(ben: Person, anna: Person, body: Buffer): Promise<void> {
  const before = ben.kept.get(anna.address);
  for (const type of [1, 3] as const)
    await expect(ben.decrypt(anna, { type, body })).rejects.toThrow(SignalError);
  expect(ben.kept.get(anna.address)).toEqual(before);
}

test('a message cut short anywhere, or changed anywhere, is refused and changes nothing', async () => {
  const { anna, ben } = await acquainted();
  await anna.open(ben);
  const first = await anna.encrypt(ben, Buffer.from('first of a new session'));
  const cut = (body: Buffer) => Array.from({ length: body.length }, (_, length) => body.subarray(0, length));
  for (const body of cut(first.body)) await refused(ben, anna, body);
  await ben.decrypt(anna, first);
  const { body } = await ben.encrypt(anna, Buffer.from('an answer'));
  for (const short of cut(body)) await refused(anna, ben, short);
  for (let at = 0; at < body.length; at++) {
    await refused(anna, ben, Buffer.from(body.with(at, (body[at] ?? 0) ^ 16)));
  }
});

test('random bytes are refused and change nothing', async () => {
  const { anna, ben } = await acquainted();
  const bytes = fc.tuple(fc.constantFrom(0x33, 0x34, 0x22, 0x43), fc.uint8Array({ maxLength: 300 }));
  await fc.assert(
    fc.asyncProperty(bytes, async ([version, rest]) => refused(ben, anna, Buffer.from([version, ...rest]))),
    { numRuns: 200, seed: 20_260_101 },
  );
});

test('a message of another version is refused by name', async () => {
  const { anna, ben } = await acquainted();
  const { body } = await anna.encrypt(ben, Buffer.from('x'));
  for (const version of [0x23, 0x22, 0x43, 0x30, 0x03]) {
    const other = Buffer.from(body.with(0, version));
    await expect(ben.decrypt(anna, { type: 1, body: other })).rejects.toThrow(
      'Incompatible version number on WhisperMessage',
    );
    await expect(ben.decrypt(anna, { type: 3, body: other })).rejects.toThrow(
      'Incompatible version number on PreKeyWhisperMessage',
    );
  }
});

test('a first message whose keys are of low order, not canonical or short opens nothing', async () => {
  const [anna, ben] = [new Person('anna', 'ours'), new Person('ben', 'ours')];
  await anna.open(ben);
  const { body } = await anna.encrypt(ben, Buffer.from('x'));
  const zero = typedPublicKey(Buffer.alloc(32));
  const beyond = typedPublicKey(Buffer.alloc(32, 0xff));
  const good = anna.identity.pubKey;
  for (const [baseKey, identityKey] of [
    [zero, good],
    [good, zero],
    [beyond, good],
    [good, beyond],
    [good.subarray(1), good],
    [Buffer.alloc(0), good],
  ] as const) {
    const writer = new Writer().byte(0x33).bytes(2, baseKey).bytes(3, identityKey).bytes(4, body);
    const forged = writer.number(5, 1).number(6, 1).finish();
    await expect(ben.decrypt(anna, { type: 3, body: forged })).rejects.toThrow('Invalid public key');
  }
  expect(ben.kept.size).toBe(0);
});

test('lengths and numbers beyond the message end at once', async () => {
  const { anna, ben } = await acquainted();
  const huge = Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]);
  for (const field of [0x0a, 0x10, 0x18, 0x22, 0x0b, 0x0c, 0x00]) {
    await refused(ben, anna, Buffer.concat([Buffer.from([0x33, field]), huge, randomBytes(40)]));
    await refused(ben, anna, Buffer.concat([Buffer.from([0x33, field]), Buffer.alloc(40, 0xff)]));
  }
});

test('a message of sixteen megabytes is read, and refused when it was changed', async () => {
  const { anna, ben } = await acquainted();
  const big = Buffer.alloc(16_000_000, 7);
  const { body } = await anna.encrypt(ben, big);
  const changed = Buffer.from(body);
  changed.writeUInt8(changed.readUInt8(9_000_000) ^ 1, 9_000_000);
  await refused(ben, anna, changed);
  expect((await ben.decrypt(anna, { type: 1, body })).equals(big)).toBe(true);
});

/** What only somebody with the session's keys can write: a valid message with any numbers. */
function forged(from: Person, to: Person, counter: number, previousCounter: number): Buffer {
  const { current } = from.record(to);
  if (!current) throw new Error('no session');
  let chain = current.sending;
  while (chain.next < Math.min(counter, 5_000)) ({ chain } = step(chain));
  const session = { ...current, sending: { ...chain, next: counter }, previousCounter };
  return seal(session, Buffer.from('x'), { identity: from.identity.pubKey, registrationId: 1 }).bytes;
}

test('a million skipped keys asked for end in an error, before any is made', async () => {
  const { anna, ben } = await acquainted();
  const before = ben.kept.get(anna.address);
  const { user } = process.cpuUsage();
  for (const counter of [1_000_000, 2 ** 31, 2 ** 32 - 1]) {
    const body = forged(anna, ben, counter, 0);
    await expect(ben.decrypt(anna, { type: 1, body })).rejects.toThrow('No matching sessions');
  }
  expect((process.cpuUsage().user - user) / 1e6).toBeLessThan(1);
  expect(ben.kept.get(anna.address)).toEqual(before);
});

test('two thousand messages may be overtaken, and each can still be read', async () => {
  const { anna, ben } = await acquainted();
  await ben.decrypt(anna, await anna.encrypt(ben, Buffer.from('on the newest chain')));
  const overtaken = [];
  for (let n = 0; n < 2_000; n++) overtaken.push(await anna.encrypt(ben, Buffer.from(`${n}`)));
  const last = await anna.encrypt(ben, Buffer.from('last'));
  expect(String(await ben.decrypt(anna, last))).toBe('last');
  for (const n of [0, 1_999, 1_000]) {
    expect(String(await ben.decrypt(anna, overtaken[n] ?? last))).toBe(`${n}`);
  }
  expect(ben.record(anna).serialize().length).toBeLessThan(75_000);
});

test('the chain before a new one claims a million messages: at most two thousand keys are kept', async () => {
  const { anna, ben } = await acquainted();
  await ben.decrypt(anna, await anna.encrypt(ben, Buffer.from('on the chain that ends')));
  const body = Buffer.from('x');
  await anna.decrypt(ben, await ben.encrypt(anna, body));
  const forgedBody = forged(anna, ben, 0, 1_000_000);
  expect(readWhisperMessage(forgedBody).message.previousCounter).toBe(1_000_000);
  expect(String(await ben.decrypt(anna, { type: 1, body: forgedBody }))).toBe('x');
  const chains = ben.record(anna).current?.receiving ?? [];
  expect(chains.map(({ skipped }) => skipped.count)).toEqual([0, 2_000, 0]);
});

test('a group message without a signature makes no work, however far ahead it claims to be', async () => {
  const [writer, reader] = [new GroupMember('ours'), new GroupMember('ours')];
  await reader.accept(chat, await writer.announce(chat));
  const { id } = readAnnouncement(await writer.announce(chat));
  const unsigned = new Writer().byte(0x33).number(1, id).number(2, 4_000_000_000).bytes(3, randomBytes(16));
  const message = Buffer.concat([unsigned.finish(), randomBytes(64)]);
  await expect(reader.decrypt(chat, message)).rejects.toThrow('Invalid signature!');
});

test('records cut short or changed are refused or read, and never hang', async () => {
  const { anna, ben } = await acquainted();
  const writer = new GroupMember('ours');
  await writer.announce(chat);
  const [session, group] = [ben.record(anna).serialize(), writer.kept.get(chat) ?? Buffer.alloc(0)];
  for (const [bytes, read] of [
    [session, SessionRecord.deserialize],
    [group, SenderKeyRecord.deserialize],
  ] as const) {
    for (let at = 0; at < bytes.length; at++) {
      expect(() => read(bytes.subarray(0, at))).toThrow();
      try {
        read(Buffer.from(bytes.with(at, 0xff)));
      } catch (error) {
        expect(error).toBeInstanceOf(SignalError);
      }
    }
  }
});
