import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { quietNeighbours, settling } from '../../../../test/arrivals.ts';
import { type TestDatabase, testDatabase } from '../../../../test/database.ts';
import { heldDatabase } from '../../../../test/held-database.ts';
import { insertProfile, whoseProfile } from '../../../../test/profile-rows.ts';
import { until } from '../../../../test/until.ts';
import type { EngineMessageId, IncomingMessage, Person } from '../../../engines/port.ts';
import { type ChatId, lidChat, phoneChat } from '../../../platform/chat-id.ts';
import { systemClock } from '../../../platform/clock.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import { createRecorder } from '../../../platform/events/record.ts';
import { silentLog } from '../../../platform/log.ts';
import { learnSamePerson } from '../../conversations/index.ts';
import type { Live } from '../../profiles/index.ts';
import { adopt } from '../adopt.store.ts';
import { createInbound } from '../inbound.ts';
import { presentMessage } from '../messages.present.ts';
import { createMessageStore } from '../messages.store.ts';
import { createChangeStore } from './changes.store.ts';
import { createChanges } from './changes.ts';

const resolving = { clock: systemClock, adopt, tell: async () => undefined };

let store: TestDatabase;
let db: Db;

beforeAll(async () => {
  store = await testDatabase();
  db = store.database.db;
});
afterAll(() => store?.drop());

const ann = phoneChat('628111000021');
const bob = phoneChat('628111000022');
const group = '120363000000000021@g.us' as ChatId;
const startedMs = Math.floor(Date.now() / 1000) * 1000;

interface From {
  chat?: ChatId;
  by?: Person;
  fromMe?: boolean;
  /** Seconds after the start. */
  at?: number;
}

let made = 0;
function stanza(content: IncomingMessage['content'], { chat = ann, by, fromMe = false, at }: From = {}) {
  made += 1;
  const sender = by ?? (fromMe ? { phone: phoneChat('628111000020') } : { phone: ann });
  const id = `${content.type}-${made}` as EngineMessageId;
  const timestamp = new Date(startedMs + (at ?? made) * 1000);
  return { id, chat, sender, fromMe, timestamp, content, late: false } satisfies IncomingMessage;
}
const text = (body: string, from?: From) => stanza({ type: 'text', text: body }, from);
const edit = (targetId: string, body: string, from?: From) =>
  stanza({ type: 'edited', targetId, content: { type: 'text', text: body } }, from);
const revoke = (targetId: string, from?: From) => stanza({ type: 'revoked', targetId }, from);
const react = (targetId: string, emoji: string, from?: From) =>
  stanza({ type: 'reaction', targetId, emoji }, from);

/** A profile that is connected, as far as what arrives is concerned. */
async function openProfile(admins: Person[] | 'not to be asked' = []) {
  const held = heldDatabase(db);
  const profileId = await insertProfile(db);
  const whose = await whoseProfile(db, profileId);
  let asked = 0;
  const groups = {
    admins: async () => {
      asked += 1;
      return admins;
    },
  };
  const session = admins === 'not to be asked' ? {} : { groups };
  const live = { ...whose, generation: 1, session, ended: new AbortController().signal } as unknown as Live;
  const parts = {
    db: held.db,
    clock: systemClock,
    log: silentLog,
    events: createRecorder(systemClock, () => undefined),
  };
  const changes = createChanges({
    ...{ ...parts, store: createChangeStore(systemClock) },
    media: { release: async () => undefined },
  });
  const inbound = createInbound({
    ...quietNeighbours,
    ...parts,
    store: createMessageStore(held.db),
    changes,
  });
  return {
    held,
    live,
    whose,
    changes,
    asked: () => asked,
    receive: (...messages: IncomingMessage[]) => inbound.received(live, messages, settling()),
    async messages() {
      const rows = await db
        .selectFrom('messages')
        .selectAll()
        .where('profile_id', '=', profileId)
        .orderBy('seq')
        .execute();
      return rows.map((row) => presentMessage(row));
    },
    conversations: () =>
      db.selectFrom('conversations').selectAll().where('profile_id', '=', profileId).execute(),
    async events() {
      const rows = await db
        .selectFrom('events')
        .selectAll()
        .where('name', 'like', 'message.%')
        .where('profile_id', '=', profileId)
        .orderBy('seq')
        .execute();
      return rows.map(({ name, body }) => {
        const { conversation } = body as { conversation?: { unreadCount: number } };
        return { name, unread: conversation?.unreadCount };
      });
    },
  };
}

describe('a message', () => {
  test('edited twice and taken back counts once as unread, then not at all', async () => {
    const { receive, messages, conversations, events } = await openProfile();
    const said = text('5 breads');
    await receive(said);
    await receive(edit(said.id, '6 breads'), edit(said.id, '7 breads'));
    expect(await messages()).toEqual([
      expect.objectContaining({
        content: { text: '7 breads' },
        originalContent: { text: '5 breads' },
        editedAt: expect.any(String),
        revokedAt: null,
      }),
    ]);
    const [before] = await conversations();
    expect(before?.unread_count).toBe(1);
    await receive(revoke(said.id));
    expect(await messages()).toEqual([
      expect.objectContaining({
        type: 'text',
        content: {},
        originalContent: null,
        revokedAt: expect.any(String),
        revokedBy: ann,
      }),
    ]);
    const [after] = await conversations();
    expect(after).toMatchObject({ unread_count: 0, last_message_at: before?.last_message_at });
    expect(await events()).toEqual([
      { name: 'message.received', unread: 1 },
      { name: 'message.edited', unread: 1 },
      { name: 'message.edited', unread: 1 },
      { name: 'message.revoked', unread: 0 },
    ]);
  });

  test('and all that is done to it may come in one batch: the counts agree', async () => {
    const { receive, conversations, events, messages } = await openProfile();
    const [one, two] = [text('one'), text('two')];
    await receive(one, edit(one.id, 'uno'), two, revoke(one.id), react(two.id, '👍'), revoke(two.id));
    expect((await conversations())[0]?.unread_count).toBe(0);
    expect((await messages()).map(({ content, reactions }) => ({ content, reactions }))).toEqual([
      { content: {}, reactions: [] },
      { content: {}, reactions: [] },
    ]);
    expect(await events()).toEqual([
      { name: 'message.received', unread: 1 },
      { name: 'message.received', unread: 2 },
      { name: 'message.edited', unread: 2 },
      { name: 'message.revoked', unread: 1 },
      { name: 'message.reaction', unread: 1 },
      { name: 'message.revoked', unread: 0 },
    ]);
  });

  test('that was read is taken back without a count below what is unread', async () => {
    const { receive, conversations } = await openProfile();
    const read = text('read');
    await receive(read);
    const [conversation] = await conversations();
    await db.updateTable('messages').set({ status: 'read' }).where('wa_message_id', '=', read.id).execute();
    await db
      .updateTable('conversations')
      .set({ unread_count: 0 })
      .where('id', '=', conversation?.id ?? '')
      .execute();
    await receive(text('new'), revoke(read.id));
    expect((await conversations())[0]?.unread_count).toBe(1);
  });

  test('ends the same in whatever order and however often its changes come', async () => {
    const at = (n: number): From => ({ at: n });
    const said = text('first', at(1));
    const done = [
      edit(said.id, 'second', at(2)),
      edit(said.id, 'third', at(3)),
      react(said.id, '👍', at(4)),
      react(said.id, '', at(5)),
      react(said.id, '🥐', at(6)),
    ];
    const orders = [
      [said, ...done],
      [...done, said],
      [...done.toReversed(), said],
      [said, ...done.toReversed(), ...done],
      [...done, said, ...done],
    ];
    for (const order of orders) {
      const { receive, messages, conversations } = await openProfile();
      for (const one of order) await receive(one);
      expect(await messages()).toEqual([
        expect.objectContaining({
          content: { text: 'third' },
          originalContent: { text: 'first' },
          reactions: [expect.objectContaining({ emoji: '🥐', senderJid: ann, fromMe: false })],
        }),
      ]);
      expect((await conversations())[0]?.unread_count).toBe(1);
    }
    const { receive, messages, conversations } = await openProfile();
    await receive(revoke(said.id, at(7)), ...done);
    await receive(said);
    await receive(...done);
    expect(await messages()).toEqual([
      expect.objectContaining({ content: {}, revokedBy: ann, reactions: [] }),
    ]);
    expect((await conversations())[0]?.unread_count).toBe(0);
    // Nothing that was said remains anywhere but in the profiles where it was not taken back.
    const kept = db.selectFrom('message_changes').select('kind').where('target_id', '=', said.id);
    expect(await kept.where('kind', '=', 'edited').execute()).toHaveLength(orders.length);
  });

  test('sent from the person’s own phone is edited and taken back there, and reacted to by both', async () => {
    const { receive, messages, conversations } = await openProfile();
    const mine = text('mine', { fromMe: true });
    await receive(mine, edit(mine.id, 'mine too', { fromMe: true }));
    await receive(react(mine.id, '👍'), react(mine.id, '❤️', { fromMe: true }));
    expect(await messages()).toEqual([
      expect.objectContaining({
        content: { text: 'mine too' },
        reactions: [
          expect.objectContaining({ emoji: '👍', fromMe: false }),
          expect.objectContaining({ emoji: '❤️', fromMe: true }),
        ],
      }),
    ]);
    await receive(revoke(mine.id, { fromMe: true }));
    expect(await messages()).toEqual([expect.objectContaining({ content: {}, reactions: [] })]);
    expect((await conversations())[0]?.unread_count).toBe(0);
  });

  test('keeps what an edit of its caption does not name', async () => {
    const { receive, messages } = await openProfile();
    const picture = stanza({ type: 'image', caption: 'bread', mimetype: 'image/jpeg', forwarded: true });
    const captioned = { type: 'image', caption: 'cake', mimetype: 'text/html' };
    await receive(picture, stanza({ type: 'edited', targetId: picture.id, content: captioned }));
    expect((await messages())[0]?.content).toEqual({
      caption: 'cake',
      mimetype: 'image/jpeg',
      forwarded: true,
    });
    await receive(stanza({ type: 'edited', targetId: picture.id, content: { type: 'location' } }));
    expect((await messages())[0]?.content).toMatchObject({ caption: 'cake' });
  });
});

describe('nobody', () => {
  test('edits or takes back what another wrote, in a direct chat or in a group', async () => {
    const { receive, messages, conversations } = await openProfile();
    const [hers, mine] = [text('hers'), text('mine', { fromMe: true })];
    await receive(hers, mine);
    await receive(edit(mine.id, 'forged'), revoke(mine.id), edit(hers.id, 'forged', { fromMe: true }));
    const inGroup = text('to all', { chat: group, by: { phone: ann } });
    const mallory: From = { chat: group, by: { phone: bob } };
    await receive(inGroup, edit(inGroup.id, 'forged', mallory));
    // The same id in another chat names no message of this one.
    await receive(edit(hers.id, 'forged', { chat: bob, by: { phone: bob } }));
    await receive(revoke(hers.id, { chat: bob, by: { phone: bob } }));
    expect((await messages()).map(({ content, revokedAt }) => [content, revokedAt])).toEqual([
      [{ text: 'hers' }, null],
      [{ text: 'mine' }, null],
      [{ text: 'to all' }, null],
    ]);
    expect((await conversations()).map((row) => row.unread_count).toSorted()).toEqual([0, 1, 1]);
  });

  test('but an admin of the group takes back what a member wrote; the network says who is one', async () => {
    const { receive, messages, asked, conversations } = await openProfile([
      { phone: ann, lid: lidChat('5551') },
    ]);
    const hers = text('hers', { chat: group, by: { phone: bob } });
    const his = text('his', { chat: group, by: { phone: phoneChat('628111000023') } });
    await receive(hers, his);
    await receive(revoke(his.id, { chat: group, by: { phone: bob } }));
    await receive(revoke(hers.id, { chat: group, by: { phone: ann } }));
    await until('the admin is believed', async () => (await messages())[0]?.revokedAt);
    await until('nothing waits', async () => {
      const waiting = db.selectFrom('message_changes').select('kind').where('waiting', '=', true);
      return (await waiting.where('target_id', '=', his.id).execute()).length === 0;
    });
    expect((await messages()).map(({ revokedBy }) => revokedBy)).toEqual([ann, null]);
    expect((await conversations())[0]?.unread_count).toBe(1);
    expect(asked()).toBeGreaterThan(0);
  });

  test('where an engine can’t ask who the admins are, only authors take back what they wrote', async () => {
    const { receive, messages } = await openProfile('not to be asked');
    const hers = text('hers', { chat: group, by: { phone: bob } });
    const his = text('his', { chat: group, by: { phone: ann } });
    await receive(hers, his);
    await receive(revoke(hers.id, { chat: group, by: { phone: ann } }));
    await receive(revoke(his.id, { chat: group, by: { phone: ann } }));
    await until('nothing waits', async () => {
      const waiting = db.selectFrom('message_changes').select('kind').where('waiting', '=', true);
      return (await waiting.where('target_id', '=', hers.id).execute()).length === 0;
    });
    expect((await messages()).map(({ revokedBy }) => revokedBy)).toEqual([null, ann]);
  });
});

test('a person known by two addresses has one reaction; what waited under one finds the other', async () => {
  const { receive, messages, changes, live, whose } = await openProfile();
  const lid = lidChat('555000111222');
  const mine = text('mine', { chat: bob, fromMe: true });
  await receive(mine);
  await receive(react(mine.id, '👍', { chat: lid, by: { lid } }));
  expect((await messages())[0]?.reactions).toEqual([]);
  await inTransaction(db, (tx) => learnSamePerson(tx, resolving, whose, bob, lid));
  changes.settle(live);
  await until('the reaction is there', async () => ((await messages())[0]?.reactions.length ?? 0) === 1);
  const inGroup = text('all', { chat: group, fromMe: true });
  await receive(inGroup, react(inGroup.id, '👍', { chat: group, by: { lid } }));
  await receive(react(inGroup.id, '🥐', { chat: group, by: { phone: bob } }));
  expect((await messages())[1]?.reactions).toEqual([
    expect.objectContaining({ emoji: '🥐', senderJid: bob }),
  ]);
});

test('many changes that arrive together cost the statements of one, and a message none', async () => {
  const { held, receive, messages } = await openProfile();
  const said = Array.from({ length: 20 }, (_, index) => text(`number ${index}`));
  await receive(...said);
  const cost = async (...batch: IncomingMessage[]) => {
    const before = held.count('');
    await receive(...batch);
    return held.count('') - before;
  };
  const [first, ...others] = said;
  if (!first) throw new Error('nothing was said');
  const one = await cost(react(first.id, '👍'));
  expect(await cost(...others.map(({ id }) => react(id, '👍')))).toBe(one);
  expect((await messages()).every(({ reactions }) => reactions.length === 1)).toBe(true);
  const plain = await cost(text('plain'));
  expect(plain).toBeLessThan(one);
});

test('votes, pins and sealed answers are no messages: nothing is unread, nothing new is listed', async () => {
  const { receive, messages, conversations } = await openProfile();
  const poll = stanza({ type: 'poll', question: 'Which?', options: ['rye', 'wheat'] });
  await receive(poll);
  const [before] = await conversations();
  const silent = ['poll-vote', 'deed'].map((type) => stanza({ type, targetId: poll.id }));
  await receive(...silent, stanza({ type: 'reaction', emoji: '👍' }));
  expect(await messages()).toHaveLength(1);
  expect(await conversations()).toEqual([
    expect.objectContaining({ unread_count: 1, last_message_at: before?.last_message_at }),
  ]);
});
