import { expect, test } from 'vitest';
import { senderKey } from '../../../test/hostile-contents.ts';
import { newNumber } from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';
import { wireBytes } from '../../../test/wire-bytes.ts';
import { commit, crashStage } from './testing-crash.ts';

const { heldProfile, journal, keys, network, person, reborn, retries, unlinked } = crashStage();

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
  const { profile, held } = await unlinked();
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
