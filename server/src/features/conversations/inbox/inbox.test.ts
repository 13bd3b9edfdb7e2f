import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type House, openHouse } from '../../../../test/house.ts';
import { newNumber, newTenant, type Tenant } from '../../../../test/tenant.ts';
import { until } from '../../../../test/until.ts';
import { lidChat, phoneChat } from '../../../platform/chat-id.ts';
import { systemClock } from '../../../platform/clock.ts';
import { inTransaction } from '../../../platform/db/transaction.ts';
import { adopt } from '../../messages/index.ts';
import { learnSamePerson, resolveConversation } from '../index.ts';

let house: House;
let tenant: Tenant;
let stranger: Tenant;
let me: string;
let profileId: string;

beforeAll(async () => {
  house = await openHouse();
  [tenant, stranger] = await Promise.all([newTenant(house.api), newTenant(house.api)]);
  me = (await tenant.owner.get('/auth/me')).id;
});
beforeEach(async () => {
  profileId = (await tenant.owner.post('/profiles', { name: 'Shop', engine: 'sandbox' })).id;
});
afterAll(() => house?.close());

const db = () => house.database.database.db;
const list = async (query = '') => {
  const path = `/conversations?profileId=${profileId}${query}`;
  return (await tenant.owner.get(path)).conversations as Record<string, any>[];
};
const ids = async (query = '') => (await list(query)).map(({ id }) => id);
const set = (id: string, values: object) =>
  db().updateTable('conversations').set(values).where('id', '=', id).execute();
const eventsOf = async (id: string) =>
  (await db().selectFrom('events').select(['name', 'body']).orderBy('seq').execute())
    .filter(({ body }) => body.conversationId === id)
    .map(({ name }) => name);

/** Conversations with nobody but a name, the first with the newest message. */
async function conversations(names: string[]): Promise<string[]> {
  const now = Date.now();
  const made: string[] = [];
  for (const [n, name] of names.entries()) {
    const chat = phoneChat(newNumber());
    const whose = { organizationId: tenant.organizationId, profileId };
    const row = await inTransaction(db(), (tx) =>
      resolveConversation(tx, { clock: systemClock, adopt, tell: async () => undefined }, whose, chat, {
        name,
      }),
    );
    await set(row.id, { last_message_at: new Date(now - n * 60_000) });
    made.push(row.id);
  }
  return made;
}

test('the list is filtered by all that an inbox asks for, with pinned ones first on every page', async () => {
  const [a = '', b = '', c = '', d = '', e = ''] = await conversations([
    'Ana',
    'Bob',
    'Çelik',
    'Dora_',
    'Eve',
  ]);
  await set(c, { is_pinned: true });
  await set(e, { is_pinned: true, unread_count: 2 });
  await set(b, { is_archived: true });
  await tenant.owner.put(`/conversations/${d}/unread`);
  await tenant.owner.put(`/conversations/${a}/assign`, { userId: me });
  expect(await ids()).toEqual([c, e, a, b, d]);
  expect(await ids('&pinnedFirst=false')).toEqual([a, b, c, d, e]);
  for (const [query, expected] of [
    ['&unread=true', [e, d]],
    ['&unread=false', [c, a, b]],
    ['&archived=true', [b]],
    ['&archived=false', [c, e, a, d]],
    ['&pinned=true', [c, e]],
    ['&assignee=me', [a]],
    [`&assignee=${me}`, [a]],
    ['&assignee=none', [c, e, b, d]],
    ['&type=group', []],
    ['&status=closed', []],
    ['&search=an', [a]],
    ['&search=%C3%A7el', [c]],
    ['&search=Dora_', [d]],
    ['&search=%25', []],
    ['&unread=true&assignee=none&search=e', [e]],
  ] as const) {
    expect(await ids(query), query).toEqual(expected);
  }
  const [ana] = await list('&search=ana');
  expect(await ids(`&search=%2B${ana?.contactPhone}`)).toEqual([a]);
  for (const limit of [1, 2, 3, 4]) {
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const path: string = `/conversations?profileId=${profileId}&limit=${limit}${cursor && `&cursor=${cursor}`}`;
      const page = await tenant.owner.get(path);
      seen.push(...page.conversations.map((one: { id: string }) => one.id));
      cursor = page.cursor;
    }
    expect(seen, `pages of ${limit}`).toEqual([c, e, a, b, d]);
  }
  expect(await ids('&limit=2&offset=1')).toEqual([e, a]);
  for (const query of ['assignee=nobody', 'label=x']) {
    expect((await tenant.owner.call('GET', `/conversations?${query}`)).status, query).toBe(400);
  }
  expect(await tenant.owner.get(`/conversations/unread-count?profileId=${profileId}`)).toEqual({
    ...{ count: 2, conversations: 2 },
  });
  expect(await tenant.owner.get(`/conversations/counts?profileId=${profileId}`)).toEqual({
    ...{ unread: 2, unreadMessages: 2, mine: 1, unassigned: 3, labels: [] },
  });
  expect(await stranger.owner.get('/conversations/unread-count')).toEqual({ count: 0, conversations: 0 });
});

test('the list and its counts are of one profile, of several, or of all, and of no stranger’s', async () => {
  const team = await newTenant(house.api);
  const made: { profile: string; id: string }[] = [];
  for (const name of ['North', 'South', 'West']) {
    const { id: profile } = await team.owner.post('/profiles', { name, engine: 'sandbox' });
    const sent = await team.owner.post('/messages/text', { profileId: profile, to: newNumber(), text: name });
    made.push({ profile, id: sent.conversationId });
    await set(sent.conversationId, { unread_count: 2 });
  }
  const [north, south, west] = made.map(({ profile }) => profile);
  const of = async (query: string) => {
    const page = await team.owner.get(`/conversations?${query}`);
    const { count } = await team.owner.get(`/conversations/unread-count?${query}`);
    const counts = await team.owner.get(`/conversations/counts?${query}`);
    expect([page.total * 2, counts.unreadMessages], query).toEqual([count, count]);
    const found = (page.conversations as { profileId: string }[]).map(({ profileId: id }) => id);
    return found.toSorted(
      (a, b) => made.findIndex((m) => m.profile === a) - made.findIndex((m) => m.profile === b),
    );
  };
  expect(await of(`profileId=${south}`)).toEqual([south]);
  expect(await of(`profileId=${north},${west}`)).toEqual([north, west]);
  expect(await of(`profileId=${north}&profileId=${west}&profileId=${north?.toUpperCase()}`)).toEqual([
    north,
    west,
  ]);
  for (const all of ['', 'profileId=all', 'profileId='])
    expect(await of(all), all).toEqual([north, south, west]);
  for (const [wrong, status] of [
    [`${north},${profileId}`, 404],
    [`${north},x`, 404],
    [Array.from({ length: 201 }, () => crypto.randomUUID()).join(), 400],
  ] as const) {
    for (const path of ['', '/unread-count', '/counts']) {
      const answer = await team.owner.call('GET', `/conversations${path}?profileId=${wrong}`);
      expect(answer.status, `${path} ${wrong.slice(0, 80)}`).toBe(status);
    }
  }
});

test('a conversation is given to members who may read it, and to nobody else', async () => {
  const [id = ''] = await conversations(['Ana']);
  const assign = (userId: string | null) =>
    tenant.owner.call('PUT', `/conversations/${id}/assign`, { userId });
  const them = (await stranger.owner.get('/auth/me')).id;
  expect(await assign(them)).toMatchObject({ status: 404, body: { error: { code: 'MEMBER_NOT_FOUND' } } });
  expect(await assign('me')).toMatchObject({ status: 404 });
  const lonely = await newTenant(house.api);
  const colleague = (await lonely.owner.get('/auth/me')).id;
  const values = { organization_id: tenant.organizationId, role: 'none' };
  await db().updateTable('users').set(values).where('id', '=', colleague).execute();
  expect(await assign(colleague)).toMatchObject({
    ...{ status: 409, body: { error: { code: 'MEMBER_OUT_OF_REACH' } } },
  });
  await db().updateTable('users').set({ role: 'operator' }).where('id', '=', colleague).execute();
  expect((await assign(colleague)).data).toMatchObject({ assignedUserId: colleague });
  expect((await assign(colleague)).status).toBe(200);
  expect((await assign(null)).data).toMatchObject({ assignedUserId: null });
  expect(await eventsOf(id)).toEqual(['conversation.assigned', 'conversation.assigned']);
});

test('labels of the organisation are named once, put on conversations, counted and taken off', async () => {
  const [a = '', b = ''] = await conversations(['Ana', 'Bob']);
  const order = await tenant.owner.post('/labels', { name: 'New order', color: '#00a884' });
  const paid = await tenant.owner.post('/labels', { name: 'Paid' });
  expect(order).toMatchObject({ name: 'New order', color: '#00a884', source: 'multiwa', profileId: null });
  expect(await tenant.owner.call('POST', '/labels', { name: 'new ORDER' })).toMatchObject({
    ...{ status: 409, body: { error: { code: 'LABEL_EXISTS' } } },
  });
  const theirs = await stranger.owner.post('/labels', { name: 'New order' });
  const label = (id: string, labelIds: string[]) =>
    tenant.owner.call('PUT', `/conversations/${id}/labels`, { labelIds });
  expect((await label(a, [order.id, paid.id])).data.labels).toHaveLength(2);
  expect((await label(a, [order.id, paid.id])).status).toBe(200);
  await label(b, [paid.id]);
  expect(await label(b, [paid.id, theirs.id])).toMatchObject({
    ...{ status: 404, body: { error: { code: 'LABEL_NOT_FOUND', details: [{ path: '/labelIds/1' }] } } },
  });
  expect((await list(`&label=${order.id}`)).map(({ id, labels }) => [id, labels.length])).toEqual([[a, 2]]);
  expect(await ids(`&label=${theirs.id}`)).toEqual([]);
  expect((await tenant.owner.get('/conversations/counts')).labels).toEqual(
    [order, paid]
      .map(({ id }, n) => ({ labelId: id, count: n + 1 }))
      .sort((x, y) => (x.labelId < y.labelId ? -1 : 1)),
  );
  expect(await tenant.owner.put(`/labels/${order.id}`, { name: 'Order' })).toMatchObject({ name: 'Order' });
  await tenant.owner.delete(`/labels/${paid.id}`);
  expect((await tenant.owner.get(`/conversations/${a}`)).labels).toMatchObject([{ name: 'Order' }]);
  expect((await tenant.owner.call('PUT', `/labels/${theirs.id}`, { name: 'mine' })).status).toBe(404);
  expect(await eventsOf(a)).toEqual(['conversation.updated']);
});

test('notes are written, changed and deleted by members, an event each, and never are messages', async () => {
  const [id = ''] = await conversations(['Ana']);
  const path = `/conversations/${id}/notes`;
  const first = await tenant.owner.post(path, { text: 'Wants rye bread.' });
  const second = await tenant.owner.post(path, { text: 'Paid.' });
  expect(await tenant.owner.put(`${path}/${first.id}`, { text: 'Wants wheat.' })).toMatchObject({
    authorId: me,
  });
  const { notes } = await tenant.owner.get(path);
  expect(notes.map(({ text, authorName }: any) => [text, authorName])).toEqual([
    ['Paid.', 'Owner'],
    ['Wants wheat.', 'Owner'],
  ]);
  await tenant.owner.delete(`${path}/${second.id}`);
  expect((await tenant.owner.call('DELETE', `${path}/${second.id}`)).status).toBe(404);
  expect((await stranger.owner.call('GET', path)).status).toBe(404);
  expect((await stranger.owner.call('PUT', `${path}/${first.id}`, { text: 'x' })).status).toBe(404);
  expect((await tenant.owner.get(`/conversations/${id}/messages`)).messages).toEqual([]);
  expect(await eventsOf(id)).toEqual([
    ...['conversation.note.created', 'conversation.note.created'],
    ...['conversation.note.updated', 'conversation.note.deleted'],
  ]);
});

test('a conversation is closed, or rests until its time and is open again then', async () => {
  const [id = ''] = await conversations(['Ana']);
  const status = (body: object) => tenant.owner.call('PUT', `/conversations/${id}/status`, body);
  const soon = new Date(house.clock.now().getTime() + 60_000).toISOString();
  const shown = async () => (await list(''))[0]?.status;
  expect((await status({ status: 'snoozed' })).status).toBe(400);
  expect((await status({ status: 'closed', until: soon })).status).toBe(400);
  expect((await status({ status: 'snoozed', until: soon })).data).toMatchObject({ snoozedUntil: soon });
  expect(await ids('&status=snoozed')).toEqual([id]);
  house.clock.advance({ minutes: 2 });
  await until('its time', async () => (await shown()) === 'open');
  await status({ status: 'closed' });
  expect(await ids('&status=closed')).toEqual([id]);
  expect(await ids('&status=open')).toEqual([]);
});

test('two conversations that turn out to be one keep notes, labels, assignee and what was set', async () => {
  const [phone, lid] = [newNumber(), String(100_000_000_000_000 + Math.floor(Math.random() * 1e12))];
  const whose = { organizationId: tenant.organizationId, profileId };
  const resolving = { clock: systemClock, adopt, tell: async () => undefined };
  const made = (chat: ReturnType<typeof phoneChat>) =>
    inTransaction(db(), (tx) => resolveConversation(tx, resolving, whose, chat));
  const [byPhone, byLid] = [await made(phoneChat(phone)), await made(lidChat(lid))];
  const label = await tenant.owner.post('/labels', { name: 'Twin' });
  for (const { id } of [byPhone, byLid]) {
    await tenant.owner.put(`/conversations/${id}/labels`, { labelIds: [label.id] });
    await tenant.owner.post(`/conversations/${id}/notes`, { text: id });
  }
  await tenant.owner.put(`/conversations/${byLid.id}/assign`, { userId: me });
  await tenant.owner.put(`/conversations/${byLid.id}/pin`, { pinned: true });
  await inTransaction(db(), (tx) => learnSamePerson(tx, resolving, whose, phoneChat(phone), lidChat(lid)));
  const [one, ...others] = await list();
  expect(others).toEqual([]);
  expect(one).toMatchObject({
    id: byPhone.id,
    assignedUserId: me,
    isPinned: true,
    labels: [{ id: label.id }],
  });
  expect((await tenant.owner.get(`/conversations/${byPhone.id}/notes`)).notes).toHaveLength(2);
  const states = await db()
    .selectFrom('chat_states')
    .select(['chat', 'field'])
    .where('profile_id', '=', profileId)
    .execute();
  expect(states).toEqual([{ chat: phoneChat(phone), field: 'pinned' }]);
});

test('whoever changes a conversation or a label stands in the audit log, once for each change', async () => {
  const [id = ''] = await conversations(['Fay']);
  const path = `/conversations/${id}`;
  const label = await tenant.owner.post('/labels', { name: 'Audited' });
  const acts: [string, 'PUT' | 'POST' | 'DELETE', string, object?][] = [
    ['archive', 'PUT', '/archive'],
    ['mute', 'PUT', '/mute', { muted: true }],
    ['pin', 'PUT', '/pin', { pinned: true }],
    ['mark_unread', 'PUT', '/unread'],
    ['assign', 'PUT', '/assign', { userId: me }],
    ['label', 'PUT', '/labels', { labelIds: [label.id] }],
    ['status', 'PUT', '/status', { status: 'closed' }],
    ['note_create', 'POST', '/notes', { text: 'Secret words' }],
    ['clear', 'DELETE', '/messages'],
    ['delete', 'DELETE', ''],
  ];
  for (const [, method, part, body] of acts) {
    expect([part, (await tenant.owner.call(method, `${path}${part}`, body)).status < 300]).toEqual([
      part,
      true,
    ]);
    // What is so already is no act.
    if (part === '/pin') await tenant.owner.put(`${path}/pin`, body);
  }
  const rows = await db()
    .selectFrom('audit_logs')
    .select(['action', 'user_id', 'metadata'])
    .where('resource_id', '=', id)
    .orderBy('occurred_at')
    .orderBy('id')
    .execute();
  expect(rows.map(({ action }) => action)).toEqual(acts.map(([act]) => `conversation.${act}`));
  expect(rows.every(({ user_id }) => user_id === me)).toBe(true);
  expect(JSON.stringify(rows)).not.toContain('Secret');
});
