import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { learnSamePerson, resolveConversation } from '../src/features/conversations/index.ts';
import { adopt } from '../src/features/messages/index.ts';
import { createMessageStore } from '../src/features/messages/messages.store.ts';
import { lidChat, phoneChat } from '../src/platform/chat-id.ts';
import { systemClock } from '../src/platform/clock.ts';
import { inTransaction } from '../src/platform/db/transaction.ts';
import { newId } from '../src/platform/ids.ts';
import { type House, openHouse } from './house.ts';
import { newNumber, newTenant, type Tenant } from './tenant.ts';

const resolving = { clock: systemClock, adopt, tell: async () => undefined };

interface Page {
  conversations: { id: string; lastMessageAt: string | null; profileId: string }[];
  cursor: string | null;
}

let house: House;
let tenant: Tenant;
let stranger: Tenant;
let profileId: string;

beforeAll(async () => {
  house = await openHouse();
  [tenant, stranger] = await Promise.all([newTenant(house.api), newTenant(house.api)]);
});
beforeEach(async () => {
  profileId = (await tenant.key.post('/profiles', { name: 'Shop', engine: 'sandbox' })).id;
});
afterAll(() => house?.close());

const db = () => house.database.database.db;
const whose = () => ({ organizationId: tenant.organizationId, profileId });
const inTx = <T>(work: Parameters<typeof inTransaction<T>>[1]) => inTransaction(db(), work);
const conversations = () =>
  db().selectFrom('conversations').selectAll().where('profile_id', '=', profileId).execute();
const contacts = () => db().selectFrom('contacts').selectAll().where('profile_id', '=', profileId).execute();
const newLid = () => String(100_000_000_000_000 + Math.floor(Math.random() * 1e12));

async function message(conversationId: string, more: Record<string, unknown> = {}) {
  const now = new Date();
  const row = {
    id: newId(),
    organization_id: tenant.organizationId,
    profile_id: profileId,
    conversation_id: conversationId,
    wa_message_id: randomUUID(),
    direction: 'incoming',
    sender: null,
    sender_name: null,
    type: 'text',
    content: JSON.stringify({ text: 'Hello' }),
    quoted_message_id: null,
    status: 'received',
    failure_code: null,
    failure_reason: null,
    generation: null,
    expires_at: null,
    timestamp: now,
    created_at: now,
    updated_at: now,
    ...more,
  };
  await inTx((tx) => createMessageStore(db()).insertArrived(tx, [row]));
  return row;
}

describe('people', () => {
  test('a person known by number and linked identity becomes one, with all that both had', async () => {
    const [phone, lid] = [newNumber(), newLid()];
    const byPhone = await inTx((tx) => resolveConversation(tx, resolving, whose(), phoneChat(phone)));
    const byLid = await inTx((tx) => resolveConversation(tx, resolving, whose(), lidChat(lid)));
    expect(byPhone.id).not.toBe(byLid.id);
    const shared = await message(byPhone.id);
    await message(byPhone.id);
    await message(byLid.id, { wa_message_id: shared.wa_message_id });
    await message(byLid.id);
    const late = new Date(Date.now() + 60_000);
    await db().updateTable('conversations').set({ unread_count: 2 }).where('id', '=', byPhone.id).execute();
    await db()
      .updateTable('conversations')
      .set({ unread_count: 2, is_pinned: true, last_message_at: late })
      .where('id', '=', byLid.id)
      .execute();
    await db()
      .updateTable('contacts')
      .set({ tags: ['vip'], whatsapp_name: 'Ana' })
      .where('lid', '=', lid)
      .execute();
    await db()
      .updateTable('contacts')
      .set({ tags: ['north'] })
      .where('phone', '=', phone)
      .execute();

    await inTx((tx) => learnSamePerson(tx, resolving, whose(), phoneChat(phone), lidChat(lid)));

    expect(await conversations()).toEqual([
      expect.objectContaining({
        chat: `${phone}@c.us`,
        lid,
        unread_count: 3,
        is_pinned: true,
        last_message_at: late,
      }),
    ]);
    const [person, ...rest] = await contacts();
    expect(rest).toEqual([]);
    expect(person).toMatchObject({ phone, lid, whatsapp_name: 'Ana' });
    expect(person?.tags.toSorted()).toEqual(['north', 'vip']);
    const listed = await tenant.key.get(`/conversations?profileId=${profileId}`);
    expect(listed).toMatchObject({
      total: 1,
      conversations: [{ lidJid: `${lid}@lid`, contactPhone: phone, messageCount: 3 }],
    });
    expect(
      (await tenant.key.get(`/conversations/${listed.conversations[0].id}/messages`)).messages,
    ).toHaveLength(3);
  });

  test('somebody who changed their number stays one person, and answers go to the new number', async () => {
    const [old, now, lid] = [newNumber(), newNumber(), newLid()];
    const before = await inTx((tx) =>
      resolveConversation(tx, resolving, whose(), phoneChat(old), { alias: lidChat(lid) }),
    );
    const after = await inTx((tx) =>
      resolveConversation(tx, resolving, whose(), phoneChat(now), { alias: lidChat(lid) }),
    );
    expect(after).toMatchObject({ id: before.id, chat: `${now}@c.us` });
    expect(await contacts()).toEqual([expect.objectContaining({ phone: now, lid })]);
  });

  test('many messages of a new person at once make one contact and one conversation', async () => {
    const [phone, lid] = [newNumber(), newLid()];
    const chats = [phoneChat(phone), lidChat(lid)];
    const found = await Promise.all(
      Array.from({ length: 24 }, (_, n) => {
        const [chat, alias] = n % 2 ? chats : chats.toReversed();
        return inTx((tx) => resolveConversation(tx, resolving, whose(), chat ?? phoneChat(phone), { alias }));
      }),
    );
    expect(found).toHaveLength(24);
    expect(await conversations()).toHaveLength(1);
    expect(await contacts()).toHaveLength(1);
  });
});

describe('the list', () => {
  async function made(count: number, at: (n: number) => Date | null): Promise<string[]> {
    const ids: string[] = [];
    for (let n = 0; n < count; n++) {
      const row = await inTx((tx) => resolveConversation(tx, resolving, whose(), phoneChat(newNumber())));
      await db()
        .updateTable('conversations')
        .set({ last_message_at: at(n) })
        .where('id', '=', row.id)
        .execute();
      ids.push(row.id);
    }
    return ids;
  }

  test.each(['profileId', 'organisation'])(
    'pages by cursor show each conversation once, also with equal times (%s)',
    async (scope) => {
      const times = [new Date('2026-01-02'), new Date('2026-01-02'), new Date('2026-01-01'), null];
      const ids = await made(17, (n) => times[n % times.length] ?? null);
      const seen: Page['conversations'] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const query: string = scope === 'profileId' ? `&profileId=${profileId}` : '';
        const page: Page = await tenant.key.get(
          `/conversations?limit=3${query}${cursor && `&cursor=${cursor}`}`,
        );
        expect(page.conversations.length).toBeGreaterThan(0);
        seen.push(...page.conversations);
        cursor = page.cursor;
      }
      const mine = seen.filter((one) => one.profileId === profileId);
      expect(mine.map((one) => one.id).toSorted()).toEqual(ids.toSorted());
      const order = seen.map((one) => one.lastMessageAt ?? '');
      expect(order).toEqual(order.toSorted().toReversed());
    },
  );

  test('offset and cursor walk the same order, and limits out of range are clamped', async () => {
    await made(5, () => new Date('2026-01-03'));
    const whole = await tenant.key.get(`/conversations?profileId=${profileId}&limit=100000`);
    const ids = whole.conversations.map((one: { id: string }) => one.id);
    expect(ids).toHaveLength(5);
    const second = await tenant.key.get(`/conversations?profileId=${profileId}&limit=2&offset=2`);
    expect(second.conversations.map((one: { id: string }) => one.id)).toEqual(ids.slice(2, 4));
    expect(
      (await tenant.key.get(`/conversations?profileId=${profileId}&limit=0`)).conversations,
    ).toHaveLength(1);
    expect(
      (await tenant.key.get(`/conversations?profileId=${profileId}&limit=-7`)).conversations,
    ).toHaveLength(1);
  });

  test.for([
    ['', 5],
    ['&limit=5', 5],
    ['&limit=2', 5],
    ['&limit=2&offset=4', 5],
    ['&offset=9', 5],
    ['&archived=true', 0],
  ] as const)('every page tells how many there are in all (%s)', async ([query, total]) => {
    await made(5, () => new Date('2026-01-03'));
    const page = await tenant.key.get(`/conversations?profileId=${profileId}${query}`);
    expect(page.total).toBe(total);
    if (!page.cursor) return;
    const next = await tenant.key.get(`/conversations?profileId=${profileId}&limit=4&cursor=${page.cursor}`);
    expect(next.total).toBe(total);
  });

  test('an item counts its messages and shows the last one', async () => {
    const [id = ''] = await made(1, () => new Date());
    await message(id, { timestamp: new Date('2026-01-01') });
    const last = await message(id, { content: JSON.stringify({ text: 'Bye' }) });
    const { conversations: items } = await tenant.key.get(`/conversations?profileId=${profileId}`);
    expect(items[0]).toMatchObject({
      messageCount: 2,
      lastMessage: { id: last.id, content: { text: 'Bye' } },
    });
  });

  test('what goes out counts once, to new chats and old ones, and the number ends at 1000', async () => {
    const to = newNumber();
    const counted = async () =>
      (await tenant.key.get(`/conversations?profileId=${profileId}`)).conversations[0].messageCount;
    const sends = async (count: number) => {
      const body = { profileId, to, text: 'Hello' };
      await Promise.all(Array.from({ length: count }, () => tenant.key.post('/messages/text', body)));
    };
    await sends(1);
    expect(await counted()).toBe(1);
    await sends(12);
    expect(await counted()).toBe(13);
    await db()
      .updateTable('conversations')
      .set({ message_count: 1_234 })
      .where('profile_id', '=', profileId)
      .execute();
    expect(await counted()).toBe(1_000);
  });
});

test('marked as read, what came in is read and what went out keeps its own status', async () => {
  const row = await inTx((tx) => resolveConversation(tx, resolving, whose(), phoneChat(newNumber())));
  await db().updateTable('conversations').set({ unread_count: 1 }).where('id', '=', row.id).execute();
  await message(row.id);
  await message(row.id, { direction: 'outgoing', status: 'sent' });
  await tenant.key.put(`/conversations/${row.id}/read`);
  const answer = await tenant.key.get(`/conversations/${row.id}`);
  expect(answer.unreadCount).toBe(0);
  expect(answer.messages.map((one: { status: string }) => one.status).toSorted()).toEqual(['read', 'sent']);
});

test.each([
  ['a malformed profile', 'profileId=abc', 404, 'PROFILE_NOT_FOUND'],
  ['an unknown profile', `profileId=${randomUUID()}`, 404, 'PROFILE_NOT_FOUND'],
  ['an unknown type', 'type=nothing', 400, 'VALIDATION_ERROR'],
  ['a cursor of somebody else', 'cursor=abc', 400, 'VALIDATION_ERROR'],
  [
    'an odd cursor',
    `cursor=${Buffer.from(`12|${randomUUID()}`).toString('base64url')}`,
    400,
    'VALIDATION_ERROR',
  ],
  [
    'a cursor of another age',
    `cursor=${Buffer.from(`+275760-09-13T00:00:00.000Z|${randomUUID()}`).toString('base64url')}`,
    400,
    'VALIDATION_ERROR',
  ],
  ['a word for a limit', 'limit=many', 400, 'VALIDATION_ERROR'],
])('the list refuses %s', async (_, query, status, code) => {
  const answer = await tenant.key.call('GET', `/conversations?${query}`);
  expect([answer.status, answer.body.error?.code]).toEqual([status, code]);
});

test('a foreign profile is not found in the list, and a foreign conversation on no route', async () => {
  const listed = await stranger.key.call('GET', `/conversations?profileId=${profileId}`);
  expect([listed.status, listed.body.error?.code]).toEqual([404, 'PROFILE_NOT_FOUND']);
  const row = await inTx((tx) => resolveConversation(tx, resolving, whose(), phoneChat(newNumber())));
  for (const id of [row.id, 'abc', randomUUID()]) {
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/messages'],
      ['PUT', '/read'],
    ] as const) {
      const answer = await stranger.key.call(method, `/conversations/${id}${path}`);
      expect([path, answer.status, answer.body.error.code]).toEqual([path, 404, 'CONVERSATION_NOT_FOUND']);
    }
  }
});
