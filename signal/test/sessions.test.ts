import { expect, test } from 'vitest';
import { MessageCounterError, SessionError, SessionRecord } from '../src/index.ts';
import { type Library, Person } from './person.ts';

const both: [Library, Library][] = [
  ['ours', 'ours'],
  ['ours', 'old'],
  ['old', 'ours'],
];

test.for(both)('a session opened by %s goes on with %s, with and without a prekey', async ([one, other]) => {
  for (const hasPreKey of [true, false]) {
    const [anna, ben] = [new Person('anna', one), new Person('ben', other)];
    await anna.open(ben, hasPreKey);
    for (let round = 0; round < 4; round++) {
      const words = [`hello ${round}`, `are you there ${round}`].map((text) => Buffer.from(text));
      for (const word of words) expect(await ben.decrypt(anna, await anna.encrypt(ben, word))).toEqual(word);
      for (const word of words) expect(await anna.decrypt(ben, await ben.encrypt(anna, word))).toEqual(word);
    }
    expect(ben.preKeys.size).toBe(0);
  }
});

test('messages open the session until the first answer', async () => {
  const [anna, ben] = [new Person('anna', 'ours'), new Person('ben', 'ours')];
  await anna.open(ben);
  const first = await anna.encrypt(ben, Buffer.from('one'));
  expect([first.type, (await anna.encrypt(ben, Buffer.from('two'))).type]).toEqual([3, 3]);
  expect(anna.record(ben).getOpenSession()?.pendingPreKey).toEqual({ preKeyId: 1, signedKeyId: 1 });
  await ben.decrypt(anna, first);
  await anna.decrypt(ben, await ben.encrypt(anna, Buffer.from('answer')));
  expect((await anna.encrypt(ben, Buffer.from('three'))).type).toBe(1);
  expect(anna.record(ben).getOpenSession()).toMatchObject({ registrationId: ben.registrationId });
});

test('a message that comes again is told from one that never fits', async () => {
  const [anna, ben] = [new Person('anna', 'ours'), new Person('ben', 'ours')];
  await anna.open(ben);
  const first = await anna.encrypt(ben, Buffer.from('one'));
  await ben.decrypt(anna, first);
  await expect(ben.decrypt(anna, first)).rejects.toThrow(MessageCounterError);
  await expect(ben.decrypt(anna, first)).rejects.toThrow('Key used already or never filled');
  const answer = await ben.encrypt(anna, Buffer.from('two'));
  await anna.decrypt(ben, answer);
  await expect(anna.decrypt(ben, answer)).rejects.toThrow('Key used already or never filled');
  const flipped = Buffer.from(await anna.encrypt(ben, Buffer.from('three')).then(({ body }) => body));
  flipped.writeUInt8(flipped.readUInt8(flipped.length - 1) ^ 1, flipped.length - 1);
  await expect(ben.decrypt(anna, { type: 1, body: flipped })).rejects.toThrow(
    new SessionError('No matching sessions found for message'),
  );
});

test('whoever has no session says so', async () => {
  const [anna, ben] = [new Person('anna', 'ours'), new Person('ben', 'ours')];
  await expect(anna.encrypt(ben, Buffer.from('x'))).rejects.toThrow(new SessionError('No sessions'));
  await anna.open(ben);
  const { body } = await anna.encrypt(ben, Buffer.from('x'));
  await expect(ben.decrypt(anna, { type: 1, body })).rejects.toThrow(new SessionError('No session record'));
  ben.preKeys.clear();
  await expect(ben.decrypt(anna, { type: 3, body })).rejects.toThrow('Invalid PreKey ID');
  expect(ben.kept.size).toBe(0);
});

test('a bundle whose signature is not the identity’s opens nothing', async () => {
  const [anna, ben, eve] = [new Person('anna', 'ours'), new Person('ben', 'ours'), new Person('eve', 'ours')];
  const bundle = { ...ben.bundle(), signedPreKey: eve.bundle().signedPreKey };
  ben.bundle = () => bundle;
  await expect(anna.open(ben)).rejects.toThrow('Invalid signature on device key');
  expect(anna.kept.size).toBe(0);
});

test('two who write to each other first at the same moment both go on, and end on one session', async () => {
  const [anna, ben] = [new Person('anna', 'ours'), new Person('ben', 'ours')];
  await Promise.all([anna.open(ben), ben.open(anna)]);
  const crossed = await Promise.all([
    anna.encrypt(ben, Buffer.from('from anna')),
    ben.encrypt(anna, Buffer.from('from ben')),
  ]);
  expect(String(await ben.decrypt(anna, crossed[0]))).toBe('from anna');
  expect(String(await anna.decrypt(ben, crossed[1]))).toBe('from ben');
  for (const text of ['one', 'two', 'three']) {
    expect(String(await ben.decrypt(anna, await anna.encrypt(ben, Buffer.from(text))))).toBe(text);
    expect(String(await anna.decrypt(ben, await ben.encrypt(anna, Buffer.from(text))))).toBe(text);
  }
  const [hers, his] = [anna.record(ben), ben.record(anna)].map((record) => record.current?.baseKey);
  expect(hers).toEqual(his);
});

test('a message that fails changes nothing, even when the storage hands out what it holds', async () => {
  const [anna, ben] = [new Person('anna', 'ours'), new Person('ben', 'ours')];
  await Promise.all([anna.open(ben), ben.open(anna)]);
  const first = await anna.encrypt(ben, Buffer.from('one'));
  const before = ben.record(anna);
  const broken = Buffer.from(first.body);
  broken.writeUInt8(broken.readUInt8(broken.length - 12) ^ 1, broken.length - 12);
  await expect(ben.decrypt(anna, { type: 3, body: broken })).rejects.toThrow();
  expect(ben.record(anna).serialize()).toEqual(before.serialize());
  expect(String(await ben.decrypt(anna, first))).toBe('one');
});

test('steps on one session take turns', async () => {
  const [anna, ben] = [new Person('anna', 'ours'), new Person('ben', 'ours')];
  await anna.open(ben);
  const storage = anna.storage();
  anna.storage = () => ({
    ...storage,
    loadSession: async (address) => {
      await new Promise((resolve) => setImmediate(resolve));
      return storage.loadSession(address);
    },
  });
  const shared = anna.storage();
  anna.storage = () => shared;
  const texts = Array.from({ length: 20 }, (_, n) => `message ${n}`);
  const sealed = await Promise.all(texts.map((text) => anna.encrypt(ben, Buffer.from(text))));
  expect(new Set(sealed.map(({ body }) => body.toString('hex'))).size).toBe(20);
  for (const [n, one] of sealed.entries()) expect(String(await ben.decrypt(anna, one))).toBe(texts[n]);
});

test('a device keeps forty sessions besides the current one', async () => {
  const [anna, ben] = [new Person('anna', 'ours'), new Person('ben', 'ours')];
  await anna.open(ben);
  const oldest = await anna.encrypt(ben, Buffer.from('oldest'));
  await anna.open(ben);
  const old = await anna.encrypt(ben, Buffer.from('old'));
  for (const sealed of [oldest, old]) await ben.decrypt(anna, sealed);
  for (let n = 0; n < 39; n++) {
    await anna.open(ben);
    await ben.decrypt(anna, await anna.encrypt(ben, Buffer.from(`${n}`)));
  }
  expect([anna.record(ben).count, ben.record(anna).count]).toEqual([41, 41]);
  await anna.open(ben);
  await ben.decrypt(anna, await anna.encrypt(ben, Buffer.from('newest')));
  expect(ben.record(anna).count).toBe(41);
  await expect(ben.decrypt(anna, old)).rejects.toThrow(MessageCounterError);
});

test('a session kept by the replaced library is read, and kept in our form from then on', async () => {
  const [anna, ben] = [new Person('anna', 'old'), new Person('ben', 'ours')];
  await anna.open(ben);
  await ben.decrypt(anna, await anna.encrypt(ben, Buffer.from('hello')));
  const late = await ben.encrypt(anna, Buffer.from('late'));
  await anna.decrypt(ben, await ben.encrypt(anna, Buffer.from('early')));
  const moved = new Person('anna', 'ours');
  Object.assign(moved, { ...anna, library: 'ours' });
  const old = String(moved.kept.get(ben.address));
  expect(String(await moved.decrypt(ben, late))).toBe('late');
  const kept = moved.kept.get(ben.address);
  expect(kept).toBeInstanceOf(Uint8Array);
  expect((kept as Uint8Array).length).toBeLessThan(old.length / 3);
  expect(String(await ben.decrypt(moved, await moved.encrypt(ben, Buffer.from('on'))))).toBe('on');
  expect(String(await moved.decrypt(ben, await ben.encrypt(moved, Buffer.from('and on'))))).toBe('and on');
});

test('a record that was just written or read is not decoded again, and an outdated one is', async () => {
  const [anna, ben] = [new Person('anna', 'ours'), new Person('ben', 'ours')];
  await anna.open(ben);
  const outdated = anna.record(ben);
  const bytes = outdated.serialize();
  expect(SessionRecord.deserialize(Buffer.from(bytes)).current).toBe(outdated.current);
  await anna.encrypt(ben, Buffer.from('x'));
  expect(anna.record(ben).current).toBe(anna.record(ben).current);
  const again = SessionRecord.deserialize(bytes);
  expect(again.current).not.toBe(outdated.current);
  expect(again.serialize()).toEqual(bytes);
});

test('a record survives being written, and anything else is refused', async () => {
  const [anna, ben] = [new Person('anna', 'ours'), new Person('ben', 'ours')];
  await anna.open(ben);
  await ben.decrypt(anna, await anna.encrypt(ben, Buffer.from('x')));
  const bytes = ben.record(anna).serialize();
  expect(SessionRecord.deserialize(bytes).serialize()).toEqual(bytes);
  for (let length = 0; length < bytes.length; length += 7) {
    expect(() => SessionRecord.deserialize(bytes.subarray(0, length))).toThrow();
  }
  for (const other of [{}, { _sessions: { a: {} } }, Buffer.from('{"_sessions":{}}')]) {
    expect(() => SessionRecord.deserialize(other)).toThrow(/session record/);
  }
});
