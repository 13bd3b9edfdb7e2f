import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { filesOf } from '../../../test/engine-files.ts';
import { type HeldDatabase, heldDatabase } from '../../../test/held-database.ts';
import { senderKey } from '../../../test/hostile-contents.ts';
import { insertProfile } from '../../../test/profile-rows.ts';
import { type Sandbox, sandboxAt, startTestSandbox } from '../../../test/sandbox.ts';
import { newNumber } from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';
import { wireBytes } from '../../../test/wire-bytes.ts';
import { type ChatId, phoneChat, storedChat } from '../../platform/chat-id.ts';
import { systemClock } from '../../platform/clock.ts';
import { createVault } from '../../platform/crypto.ts';
import type { Db } from '../../platform/db/transaction.ts';
import { createProfile, type Profile } from '../conformance-kit.ts';
import { EngineGone } from '../port.ts';
import { createBaileysEngine } from './index.ts';

const vault = createVault(randomBytes(32));
/** What every commit of the key store contains. */
const commit = 'from lease';
const network = sandboxAt(inject('sandboxUrl'));
let store: TestDatabase;
let db: Db;

beforeAll(async () => {
  store = await testDatabase();
  db = store.database.db;
});
afterAll(() => store?.drop());

const engineOn = (on: Db, from: Sandbox = network) =>
  createBaileysEngine({
    name: 'sandbox',
    url: from.socketUrl,
    db: on,
    vault,
    clock: systemClock,
    ...filesOf(from),
  });

async function heldProfile(): Promise<{ profile: Profile; ownNumber: string; held: HeldDatabase }> {
  const held = heldDatabase(db);
  const profile = createProfile(engineOn(held.db), db, await insertProfile(db));
  const ownNumber = newNumber();
  await profile.pair(network, ownNumber);
  await until('bring-up to be over', async () => (await journal(profile.id)).length === 0);
  return { profile, ownNumber, held };
}

/** The same profile in the process that comes after a crash: nothing of the first one's memory. */
async function reborn(profile: Profile): Promise<Profile> {
  const next = createProfile(engineOn(db), db, profile.id);
  for (const [id, message] of profile.sent) next.sent.set(id, message);
  await next.connect();
  return next;
}

async function person() {
  const phone = network.phone(newNumber());
  await phone.named('Bob');
  return { phone, chat: phoneChat(phone.number) };
}

const keys = (profileId: string) =>
  db
    .selectFrom('engine_keys')
    .selectAll()
    .where('profile_id', '=', profileId)
    .orderBy('type')
    .orderBy('id')
    .execute();
const journal = (profileId: string) =>
  db.selectFrom('engine_journal').selectAll().where('profile_id', '=', profileId).execute();
const retries = async (of: string) =>
  (await network.ledger({ number: of })).filter((entry) => entry.tag === 'receipt' && entry.type === 'retry')
    .length;

test('no byte of a message leaves before its ratchet is stored', async () => {
  const { profile, held } = await heldProfile();
  const { profile: other } = await heldProfile();
  const { phone, chat } = await person();
  await profile.send(chat, 'hello');
  await other.send(chat, 'hello from the other');
  const hold = held.hold(commit);
  const { id, message } = profile.write(chat, 'held');
  const sending = profile.session.send(id, chat, message);
  await hold.reached;
  // A whole round trip of another device: anything ours had sent would have been noted before it.
  await other.send(chat, 'meanwhile');
  expect(await network.ledger({ messageId: id })).toEqual([]);
  hold.release();
  await sending;
  expect((await phone.messages()).map(({ text }) => text)).toContain('held');
  await Promise.all([profile.session.close(), other.session.close()]);
});

/** Begins to send a text that is not kept yet, and waits until its ratchet is stored. */
async function beingKept(profile: Profile, held: HeldDatabase, chat: ChatId, text: string) {
  const ratchet = held.hold(commit);
  const kept = Promise.withResolvers<void>();
  const { id, message } = profile.write(chat, text);
  const sending = profile.session.send(id, chat, message, kept.promise);
  await ratchet.reached;
  ratchet.release();
  return { id, kept, sending };
}

test('while a message is being kept its ratchet is stored, and no byte of it leaves', async () => {
  const { profile, held } = await heldProfile();
  const { profile: other } = await heldProfile();
  const { phone, chat } = await person();
  await profile.send(chat, 'hello');
  await other.send(chat, 'hello from the other');
  const { id, kept, sending } = await beingKept(profile, held, chat, 'kept');
  await other.send(chat, 'meanwhile');
  expect(await network.ledger({ messageId: id })).toEqual([]);
  kept.resolve();
  await sending;
  expect((await phone.messages()).map(({ text }) => text)).toContain('kept');
  await Promise.all([profile.session.close(), other.session.close()]);
});

test.each(['person', 'group'])(
  'a message to a %s that is not kept reaches nobody; the connection goes on',
  async (kind) => {
    const { profile, ownNumber, held } = await heldProfile();
    const { phone, chat: direct } = await person();
    const group = kind === 'group' ? await network.group(phone.number, 'Bakery', [ownNumber]) : undefined;
    const chat = group ? storedChat(group) : direct;
    await profile.send(chat, 'hello');
    const { id, kept, sending } = await beingKept(profile, held, chat, 'never');
    kept.reject(new Error('not kept'));
    await expect(sending).rejects.toThrow('not kept');
    await profile.send(chat, 'next');
    expect(await network.ledger({ messageId: id })).toEqual([]);
    expect((await phone.messages()).map(({ text }) => text).slice(-2)).toEqual(['hello', 'next']);
    expect(await retries(ownNumber)).toBe(0);
    expect(profile.links.map(({ is }) => is).at(-1)).toBe('connected');
    await profile.session.close();
  },
);

test('messages to many people at once share a commit of their keys: none waits for another', async () => {
  const { profile, held } = await heldProfile();
  const people = await Promise.all(Array.from({ length: 8 }, person));
  for (const { chat } of people) await profile.send(chat, 'so there are sessions');
  const before = held.count(commit);
  const hold = held.hold(commit);
  const sending = people.map(({ chat }) => profile.send(chat, 'all at once'));
  await hold.reached;
  hold.release();
  await Promise.all(sending);
  expect(held.count(commit) - before).toBeLessThanOrEqual(2);
  for (const { phone } of people) {
    expect((await phone.messages()).map(({ text }) => text)).toContain('all at once');
  }
  await profile.session.close();
});

test('when keys can’t be stored nothing leaves, and the connection ends', async () => {
  const { profile, ownNumber, held } = await heldProfile();
  const { chat } = await person();
  await profile.send(chat, 'hello');
  const heal = held.fail(commit);
  const { id, message } = profile.write(chat, 'never');
  await expect(profile.session.send(id, chat, message)).rejects.toBeInstanceOf(EngineGone);
  expect(await profile.reaches('ended')).toMatchObject({ cause: 'connection-lost' });
  expect(await network.ledger({ messageId: id })).toEqual([]);
  heal();
  await profile.connect();
  await profile.session.send(id, chat, message);
  expect(await retries(ownNumber)).toBe(0);
  await profile.session.close();
});

test('a crash between stored ratchet and first byte costs nothing: this id and the next are read', async () => {
  const { profile, ownNumber, held } = await heldProfile();
  const { phone, chat } = await person();
  await profile.send(chat, 'before');
  const crash = held.hold(commit);
  const { id, message } = profile.write(chat, 'at the crash');
  profile.session.send(id, chat, message).catch(() => undefined);
  await crash.reached;
  await network.fault({ name: 'terminate', number: ownNumber });
  const next = await reborn(profile);
  await next.session.send(id, chat, message);
  await next.send(chat, 'after');
  expect((await phone.messages()).map(({ text }) => text)).toEqual(['before', 'at the crash', 'after']);
  expect(await retries(ownNumber)).toBe(0);
  await next.session.close();
});

test('a crash between decrypting and telling loses nothing and repeats nothing', async () => {
  const { profile, ownNumber, held } = await heldProfile();
  const { phone } = await person();
  await phone.sends(ownNumber, 'first');
  await until('the first', () => profile.received.length === 1);
  // What is held is the next statement about the journal; it must not be the end of the first message, nor of what the
  // phone tells its devices after pairing, which comes when it likes.
  const isContent = async () => (await network.phone(ownNumber).devices())[0]?.pending === 0;
  await until('nothing is on its way', isContent);
  await until('all of it is settled', async () => (await journal(profile.id)).length === 0);
  const crash = held.hold('engine_journal');
  await phone.sends(ownNumber, 'at the crash');
  await crash.reached;
  await network.fault({ name: 'terminate', number: ownNumber });
  expect(await journal(profile.id)).toHaveLength(1);
  const next = await reborn(profile);
  await until('it is brought', () => next.received.length > 0);
  await phone.sends(ownNumber, 'after');
  await until('the next', () => next.texts().includes('after'));
  expect(next.texts()).toEqual(['at the crash', 'after']);
  await until('the network to be content', isContent);
  expect(await retries(ownNumber)).toBe(0);
  await until('the journal is empty', async () => (await journal(profile.id)).length === 0);
  await next.session.close();
});

test('what waited at the network is told before what comes live meanwhile', async () => {
  const { profile, ownNumber, held } = await heldProfile();
  const { phone } = await person();
  await phone.sends(ownNumber, 'hello');
  await until('they know each other', () => profile.received.length === 1);
  await profile.session.close();
  const waited = Array.from({ length: 12 }, (_, n) => `waited ${n}`);
  for (const text of waited) await phone.sends(ownNumber, text);
  const hold = held.hold('insert into engine_journal');
  profile.open();
  await hold.reached;
  const live = Array.from({ length: 12 }, (_, n) => `live ${n}`);
  for (const text of live) await phone.sends(ownNumber, text);
  hold.release();
  await until('all are told', () => profile.received.length === 1 + waited.length + live.length);
  expect(profile.texts().slice(1)).toEqual([...waited, ...live]);
  expect(profile.received.slice(1).map(({ late }) => late)).toEqual([
    ...waited.map(() => true),
    ...live.map(() => false),
  ]);
  await profile.session.close();
});

test('messages that come while one is stored share a commit, and no receipt tells of one before', async () => {
  const { profile, ownNumber, held } = await heldProfile();
  const { phone, chat } = await person();
  const other = (await person()).phone;
  for (const one of [phone, other]) {
    await one.sends(ownNumber, 'first');
    await one.sends(ownNumber, 'second');
  }
  await until('they are there', () => profile.received.length === 4);
  const isContent = async () => (await network.phone(ownNumber).devices())[0]?.pending === 0;
  await until('nothing is on its way', isContent);
  const receiptsOf = async (id: string) =>
    (await network.ledger({ messageId: id, number: ownNumber })).filter(({ tag }) => tag === 'receipt');

  const before = held.count(commit);
  const hold = held.hold(commit);
  const id = await phone.sends(ownNumber, 'held');
  await hold.reached;
  const texts = Array.from({ length: 12 }, (_, n) => `behind it ${n}`);
  for (const [n, text] of texts.entries()) await (n % 3 === 0 ? other : phone).sends(ownNumber, text);
  // Our own question and its answer pass them by, so all of them have arrived.
  await profile.session.numbers?.addressOf(chat);
  expect(await receiptsOf(id)).toEqual([]);
  expect(profile.received).toHaveLength(4);
  hold.release();
  await until('all are told', () => profile.received.length === 4 + 1 + texts.length);
  expect(profile.texts().slice(4)).toEqual(['held', ...texts]);
  // Of the one that was held, of all behind it, and what ends their entries.
  expect(held.count(commit) - before).toBeLessThanOrEqual(6);
  await until('the network is content', isContent);
  expect(await receiptsOf(id)).not.toEqual([]);
  expect(await retries(ownNumber)).toBe(0);
  await profile.session.close();
});

test('a crash before the phone’s own messages were handled is made good at the next connection', async () => {
  const held = heldDatabase(db);
  const profile = createProfile(engineOn(held.db), db, await insertProfile(db));
  const ownNumber = newNumber();
  await network.phone(ownNumber).named('Bakery');
  profile.open();
  await network.phone(ownNumber).scan((await profile.reaches('waiting-for-scan')).qr);
  await profile.reaches('ended');
  const crash = held.hold('insert into engine_journal');
  profile.open();
  await crash.reached;
  await network.fault({ name: 'terminate', number: ownNumber });
  const next = await reborn(profile);
  const stored = async () => (await keys(profile.id)).some((key) => key.type === 'app-state-sync-key');
  await until('the phone’s keys to be taken up', stored);
  await until('the journal to be empty', async () => (await journal(profile.id)).length === 0);
  await next.session.close();
});

test('whoever lost the lease writes nothing, sends nothing and ends', async () => {
  const { profile, ownNumber } = await heldProfile();
  const { chat } = await person();
  await profile.send(chat, 'mine still');
  await db
    .updateTable('profile_leases')
    .set({ generation: 2 })
    .where('profile_id', '=', profile.id)
    .execute();
  const before = await keys(profile.id);
  const { id, message } = profile.write(chat, 'not mine any more');
  await expect(profile.session.send(id, chat, message)).rejects.toBeInstanceOf(EngineGone);
  expect(await profile.reaches('ended')).toMatchObject({
    cause: 'connection-lost',
    reason: expect.stringContaining('Ownership'),
  });
  expect(await keys(profile.id)).toEqual(before);
  expect(await network.ledger({ messageId: id })).toEqual([]);
  profile.open({ generation: 2 });
  await profile.reaches('connected');
  await profile.session.send(id, chat, message);
  expect(await retries(ownNumber)).toBe(0);
  await profile.session.close();
});

test('a receiver that lost its sessions is sent the message again, from what was recalled', async () => {
  const { profile: sender } = await heldProfile();
  const { profile: receiver, ownNumber } = await heldProfile();
  const chat = phoneChat(ownNumber);
  await sender.send(chat, 'before');
  await until('the first', () => receiver.texts().includes('before'));
  await receiver.session.close();
  await db
    .deleteFrom('engine_keys')
    .where('profile_id', '=', receiver.id)
    .where('type', '=', 'session')
    .execute();
  await receiver.connect();
  await sender.send(chat, 'can you read this?');
  await until('the second', () => receiver.texts().includes('can you read this?'));
  await sender.send(chat, 'and this?');
  await until('the third', () => receiver.texts().includes('and this?'));
  const once = new Map(receiver.received.map(({ id, content }) => [id, content.text]));
  expect([...once.values()]).toEqual(['before', 'can you read this?', 'and this?']);
  await Promise.all([sender.session.close(), receiver.session.close()]);
});

test('a receiver that can’t read a message four times in a row is sent it a fifth time', async () => {
  const { profile: sender } = await heldProfile();
  const { profile: receiver, ownNumber } = await heldProfile();
  const chat = phoneChat(ownNumber);
  await sender.send(chat, 'before');
  await until('the first', () => receiver.texts().includes('before'));
  await network.fault({ name: 'message-garbled', number: ownNumber, device: 1, count: 4 });
  const id = await sender.send(chat, 'legible at last');
  await until('the message', () => receiver.texts().includes('legible at last'));
  // Until then it is told as what can't be decrypted.
  const told = receiver.received.filter((message) => message.id === id).map(({ content }) => content.type);
  expect([told[0], told.at(-1)]).toEqual(['undecrypted', 'text']);
  expect(receiver.texts().filter((text) => text === 'legible at last')).toHaveLength(1);
  expect((await network.ledger({ messageId: id })).filter(({ kind }) => kind === 'resend')).toHaveLength(4);
  await Promise.all([sender.session.close(), receiver.session.close()]);
});

test('several profiles of a process talk with one person at once, and none loses its place', async () => {
  const { phone, chat } = await person();
  const profiles = await Promise.all([heldProfile(), heldProfile(), heldProfile()]);
  await Promise.all(
    profiles.map(async ({ profile, ownNumber }) => {
      for (let index = 0; index < 5; index++) {
        await Promise.all([
          profile.send(chat, `${ownNumber} ${index}`),
          phone.sends(ownNumber, `answer ${index}`),
        ]);
      }
    }),
  );
  await until('all answers', () => profiles.every(({ profile }) => profile.received.length === 5));
  expect(await phone.messages().then((all) => all.filter(({ fromMe }) => !fromMe))).toHaveLength(15);
  for (const { profile } of profiles) {
    expect(profile.texts()).toEqual([0, 1, 2, 3, 4].map((index) => `answer ${index}`));
    await profile.session.close();
  }
});

test('the network hears that a link is made only when its credentials are stored', async () => {
  const held = heldDatabase(db);
  const profile = createProfile(engineOn(held.db), db, await insertProfile(db));
  const phone = network.phone(newNumber());
  await phone.named('Bakery');
  profile.open();
  const hold = held.hold('insert into engine_credentials');
  const scanned = phone.scan((await profile.reaches('waiting-for-scan')).qr);
  await hold.reached;
  expect(await phone.devices()).toEqual([]);
  hold.release();
  await scanned;
  await profile.reaches('ended');
  await profile.connect();
  await profile.session.close();
});

test('812 prekeys are stored by one statement, and nothing at rest can be read', async () => {
  const realistic = await startTestSandbox({ SANDBOX_PREKEYS: 'realistic' });
  const held = heldDatabase(db);
  const profile = createProfile(engineOn(held.db, realistic), db, await insertProfile(db));
  await profile.pair(realistic, '628333000001');
  const rows = await keys(profile.id);
  expect(rows.filter((row) => row.type === 'pre-key').length).toBeGreaterThan(800);
  expect(held.count(commit)).toBeLessThan(25);
  const credentials = await db
    .selectFrom('engine_credentials')
    .selectAll()
    .where('profile_id', '=', profile.id)
    .execute();
  for (const { value } of [...rows, ...credentials])
    expect(value.toString('latin1')).not.toMatch(/private|Buffer|registrationId/);
  await profile.session.close();
  await realistic.stop();
});

test('bytes that are no message are told as unsupported, and nobody is asked for them again', async () => {
  const { profile, ownNumber } = await heldProfile();
  const { phone } = await person();
  const id = await phone.writes(ownNumber, { type: 'raw', bytes: '/////w==' });
  await phone.sends(ownNumber, 'and now in words');
  await until('both', () => profile.received.length === 2);
  expect(profile.received).toMatchObject([
    { id, content: { type: 'unsupported', code: 'UNREADABLE' } },
    { content: { type: 'text', text: 'and now in words' } },
  ]);
  // The phone itself, device 0, asks.
  const retriesOfId = await network.ledger({ messageId: id, kind: 'retry' });
  expect(retriesOfId.filter(({ number, device }) => number === ownNumber && device !== 0)).toEqual([]);
  await until('the journal is empty', async () => (await journal(profile.id)).length === 0);
});

test('a sender key for a group with an impossible name ends no connection', async () => {
  const { profile, ownNumber } = await heldProfile();
  const { phone } = await person();
  const bytes = wireBytes([
    [1, 'with a key'],
    [
      2,
      [
        [1, `x\u0000${'y'.repeat(20_000)}\ud800`],
        [2, senderKey],
      ],
    ],
  ]);
  await phone.writes(ownNumber, { type: 'raw', bytes: bytes.toString('base64'), id: 'an id \u0000' });
  await phone.sends(ownNumber, 'still here');
  await until('both', () => profile.received.length === 2);
  expect(profile.received.map(({ id }) => id)).toContain('an id \ufffd');
  expect(profile.links.at(-1)).toMatchObject({ is: 'connected' });
  const stored = await keys(profile.id);
  expect(stored.some(({ type, id }) => type === 'sender-key' && id.startsWith('x\ufffdyyy'))).toBe(true);
});
