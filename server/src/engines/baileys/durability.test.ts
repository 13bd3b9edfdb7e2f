import { expect, test } from 'vitest';
import type { HeldDatabase } from '../../../test/held-database.ts';
import { startTestSandbox } from '../../../test/sandbox.ts';
import { newNumber } from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';
import { type ChatId, phoneChat, storedChat } from '../../platform/chat-id.ts';
import type { Profile } from '../conformance-kit.ts';
import { EngineGone } from '../port.ts';
import { commit, crashStage } from './testing-crash.ts';

const { db, heldProfile, keys, network, person, reborn, retries, unlinked } = crashStage();

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

test('no byte of a first message leaves before its session is stored; a crash costs nothing', async () => {
  const { profile, ownNumber, held } = await heldProfile();
  const { phone, chat } = await person();
  const crash = held.hold(commit);
  const { id, message } = profile.write(chat, 'who are you?');
  profile.session.send(id, chat, message).catch(() => undefined);
  await crash.reached;
  expect(await network.ledger({ messageId: id })).toEqual([]);
  await network.fault({ name: 'terminate', number: ownNumber });
  const next = await reborn(profile);
  await next.session.send(id, chat, message);
  await next.send(chat, 'and you?');
  expect((await phone.messages()).map(({ text }) => text)).toEqual(['who are you?', 'and you?']);
  expect(await retries(phone.number)).toBe(0);
  await next.session.close();
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

test('whoever lost the lease writes nothing, sends nothing and ends', async () => {
  const { profile, ownNumber } = await heldProfile();
  const { chat } = await person();
  await profile.send(chat, 'mine still');
  await db()
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
  await db()
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
  const { profile, held } = await unlinked();
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
  const { profile, held } = await unlinked(realistic);
  await profile.pair(realistic, '628333000001');
  const rows = await keys(profile.id);
  expect(rows.filter((row) => row.type === 'pre-key').length).toBeGreaterThan(800);
  expect(held.count(commit)).toBeLessThan(25);
  const credentials = await db()
    .selectFrom('engine_credentials')
    .selectAll()
    .where('profile_id', '=', profile.id)
    .execute();
  for (const { value } of [...rows, ...credentials])
    expect(value.toString('latin1')).not.toMatch(/private|Buffer|registrationId/);
  await profile.session.close();
  await realistic.stop();
});
