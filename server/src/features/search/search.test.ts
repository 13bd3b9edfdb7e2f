import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import { personIn } from '../../../test/places.ts';
import type { SandboxPhone } from '../../../test/sandbox.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomer,
  newTenant,
  type Tenant,
} from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';
import { newId } from '../../platform/ids.ts';

let house: House;
let tenant: Tenant;
let profile: ConnectedProfile;
let rina: SandboxPhone;

interface Hit {
  message: {
    id: string;
    waMessageId: string;
    conversationId: string;
    type: string;
    content: Record<string, unknown>;
  };
  highlights: { text: string; ranges: { start: number; end: number }[] }[];
}
const find = async (q: string, more = '', as = tenant.key): Promise<Hit[]> =>
  (await as.get(`/messages/search?q=${encodeURIComponent(q)}${more}`)).results;
const texts = async (q: string, more = '', as = tenant.key) =>
  (await find(q, more, as)).map(({ message }) => message.content.text);
const found = (q: string, ...expected: unknown[]) =>
  until(`${q} is found`, async () => JSON.stringify(await texts(q)) === JSON.stringify(expected));
const rows = () => house.database.database.db;

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  profile = await connectedProfile(tenant, house.sandbox);
  rina = await newCustomer(house.sandbox, 'Rína Sørensen');
});
afterAll(() => house?.close());

describe('what happens to messages', () => {
  test('what arrives and what is sent is found, what is edited is found by what it says now', async () => {
    await rina.sends(profile.phone.number, 'Is the rye bread ready?');
    await found('RYE ready', 'Is the rye bread ready?');
    const { messageId } = await profile.send(rina.number, 'The rye comes at four', { wait: 20 });
    await found('rye', 'The rye comes at four', 'Is the rye bread ready?');
    await tenant.key.call('PATCH', `/messages/${messageId}`, { text: 'The spelt comes at five' });
    await found('spelt', 'The spelt comes at five');
    expect(await texts('four')).toEqual([]);
  });

  test('what is typed on the phone is found; what is taken back or deleted loses its words', async () => {
    await profile.phone.sends(rina.number, 'pumpernickel from the phone');
    await found('pumpernickel', 'pumpernickel from the phone');
    const back = await profile.send(rina.number, 'brioche one', { wait: 20 });
    const gone = await profile.send(rina.number, 'brioche two', { wait: 20 });
    await found('brioche', 'brioche two', 'brioche one');
    await tenant.key.post('/messages/delete-for-everyone', {
      profileId: profile.id,
      messageId: back.messageId,
    });
    await tenant.key.delete(`/messages/${gone.messageId}`);
    await found('brioche');
    await until('the words are gone', async () => {
      const left = await rows().selectFrom('message_words').select('words').execute();
      return !left.some(({ words }) => words.includes('brioche'));
    });
  });

  test('messages go to the chat that their own chat merges with, and are found there', async () => {
    const kept = await profile.send(rina.number, 'ciabatta here', { wait: 20 });
    await found('ciabatta', 'ciabatta here');
    const inChat = (id: string) => texts('ciabatta', `&conversationId=${id}`);
    expect(await inChat(kept.conversationId)).toEqual(['ciabatta here']);
    const other = newId();
    const { adopt } = await import('../messages/adopt.store.ts');
    const db = rows();
    const row = await db
      .selectFrom('conversations')
      .selectAll()
      .where('id', '=', kept.conversationId)
      .executeTakeFirstOrThrow();
    const { id: _, chat: __, lid: ___, metadata, ...rest } = row;
    const twin = { ...rest, id: other, chat: '1@c.us', metadata: JSON.stringify(metadata) };
    await db.insertInto('conversations').values(twin).execute();
    await db.transaction().execute((tx) => adopt(tx, kept.conversationId, other));
    expect(await inChat(other)).toEqual(['ciabatta here']);
    await db.transaction().execute((tx) => adopt(tx, other, kept.conversationId));
    expect(await inChat(kept.conversationId)).toEqual(['ciabatta here']);
  });

  test('all of the past that a phone tells is found, by what the job gathers', async () => {
    const phone = await newCustomer(house.sandbox, 'Branch');
    const timestamp = Date.UTC(2025, 1);
    const remembered = Array.from({ length: 40 }, (_, n) => ({
      chat: rina.number,
      text: `focaccia ${n}`,
      timestamp: timestamp + n * 1000,
    }));
    await phone.remembers(remembered);
    const branch = await connectedProfile(tenant, house.sandbox, {}, phone);
    await until(
      'the past is found',
      async () => (await find('focaccia', `&profileId=${branch.id}`)).length === 40,
      60_000,
    );
    const backlog = await rows().selectFrom('words_backlog').select('id').execute();
    expect(backlog).toEqual([]);
  });

  test('messages from before there was search are gathered by the next start', async () => {
    await rows().deleteFrom('message_words').execute();
    expect(await texts('pumpernickel')).toEqual([]);
    await rows().insertInto('words_backlog').values({ organization_id: null, message_ids: null }).execute();
    const { coverage } = await tenant.key.get('/messages/search?q=x');
    expect(coverage).toBe('indexing');
    const node = await house.anotherNode();
    await until(
      'all is gathered',
      async () => (await tenant.key.get('/messages/search?q=x')).coverage === 'complete',
      60_000,
    );
    expect(await texts('pumpernickel')).toEqual(['pumpernickel from the phone']);
    expect(await find('focaccia')).toHaveLength(40);
    await node.close();
  });
});

describe('what is asked', () => {
  /** Messages of a chat of their own, a minute apart. */
  async function filled(messages: { text: string; type?: string; direction?: string; sender?: string }[]) {
    const db = rows();
    const now = new Date();
    const conversation = newId();
    const whose = { organization_id: tenant.organizationId, profile_id: profile.id };
    await db
      .insertInto('conversations')
      .values({
        ...whose,
        id: conversation,
        chat: `${newId()}@g.us`,
        type: 'group',
        created_at: now,
        updated_at: now,
      })
      .execute();
    const ids: string[] = [];
    for (const [
      n,
      { text, type = 'text', direction = 'incoming', sender = '628111@c.us' },
    ] of messages.entries()) {
      const id = newId();
      ids.push(id);
      const content = JSON.stringify(type === 'text' ? { text } : { caption: text });
      const timestamp = new Date(Date.UTC(2026, 0, 1, 0, n));
      const more = { wa_message_id: id, direction, sender, type, content, status: 'read', timestamp };
      await db
        .insertInto('messages')
        .values({ ...whose, ...more, id, conversation_id: conversation, created_at: now, updated_at: now })
        .execute();
    }
    await db
      .insertInto('words_backlog')
      .values({ organization_id: tenant.organizationId, message_ids: ids })
      .execute();
    const { createWordsStore } = await import('./words.store.ts');
    const { createGather } = await import('./gather.ts');
    const gather = createGather({
      db,
      jobs: { enqueue: async () => undefined },
      store: createWordsStore(db),
    });
    await gather.run({}, new AbortController().signal);
    return conversation;
  }

  test('words are found in any script, and short ones among the newest', async () => {
    const written = [
      'Köstliche Brötchen',
      'Хлеб готов',
      'الخُبْز جاهز',
      'הַלֶּחֶם מוכן',
      '面包准备好了',
      'रोटी तैयार है',
      '🥐 ok',
      '100% _sure_',
    ];
    const conversation = await filled(written.map((text) => ({ text })));
    const inChat = (q: string) => texts(q, `&conversationId=${conversation}`);
    for (const [q, text] of [
      ['brotchen', written[0]],
      ['ХЛЕБ', written[1]],
      ['الخبز', written[2]],
      ['לחם', written[3]],
      ['面包', written[4]],
      ['包', written[4]],
      ['रोटी', written[5]],
      ['🥐', written[6]],
      ['ok', written[6]],
      ['0%', written[7]],
      ['_sure_', written[7]],
      ['"ｋöstliche brö"', written[0]],
    ] as const) {
      expect(await inChat(q), q).toEqual([text]);
    }
    expect(await inChat('_ure')).toEqual([]);
    expect(await texts(tenant.organizationId.slice(-3))).toEqual([]);
  });

  test('filters leave what they name, pages neither skip nor repeat, and highlights show the place', async () => {
    const conversation = await filled([
      ...Array.from({ length: 25 }, (_, n) => ({ text: `Baguette number ${n}` })),
      { text: 'baguette ours', direction: 'outgoing', sender: '628222000222@c.us' },
      { text: 'baguette pictured', type: 'image' },
    ]);
    const scope = `&conversationId=${conversation}`;
    const count = async (more: string) => (await find('baguette', `${scope}${more}&limit=200`)).length;
    expect(await count('')).toBe(27);
    expect(await count('&type=image')).toBe(1);
    expect(await count('&direction=outgoing')).toBe(1);
    expect(await count('&sender=628222000222')).toBe(1);
    expect(await count('&from=2026-01-01T00:20:00Z')).toBe(7);
    expect(await count('&to=2026-01-01T00:20:00Z')).toBe(20);
    const pages: string[] = [];
    let cursor = '';
    do {
      const page = await tenant.key.get(
        `/messages/search?q=baguette${scope}&limit=10${cursor && `&cursor=${cursor}`}`,
      );
      pages.push(...page.results.map((hit: Hit) => hit.message.id));
      cursor = page.cursor;
      expect(page.searchedUntil).toBeNull();
    } while (cursor);
    expect(new Set(pages).size).toBe(27);
    const [hit] = await find('NUMBER 24', scope);
    const { text = '', ranges = [] } = hit?.highlights[0] ?? {};
    expect(ranges.map(({ start, end }) => text.slice(start, end))).toEqual(['number', '24']);
    const shown = await tenant.key.get(`/messages/${hit?.message.id}`);
    expect(shown).toMatchObject(hit?.message ?? {});
  });

  test.each([
    ['', 'VALIDATION_ERROR'],
    ['?q=%20', 'VALIDATION_ERROR'],
    ['?q=a&cursor=x', 'VALIDATION_ERROR'],
    ['?q=a&from=yesterday', 'VALIDATION_ERROR'],
    ['?q=a&type=nonsense', 'VALIDATION_ERROR'],
    ['?q=a&sender=nobody', 'VALIDATION_ERROR'],
    [`?q=a&profileId=${newId()}`, 'PROFILE_NOT_FOUND'],
    [`?q=a&conversationId=${newId()}`, 'CONVERSATION_NOT_FOUND'],
    ['?q=a&conversationId=x', 'CONVERSATION_NOT_FOUND'],
  ])('GET /messages/search%s is refused with %s', async (query, code) => {
    const { body } = await tenant.key.call('GET', `/messages/search${query}`);
    expect(body.error?.code).toBe(code);
  });
});

describe('who asks', () => {
  test('everything is found at once: messages, conversations, contacts, profiles and broadcasts', async () => {
    await rina.sends(profile.phone.number, 'sorensen speaking');
    await found('"sorensen speaking"', 'sorensen speaking');
    const all = await tenant.key.get('/search?q=sorensen');
    expect(all.messages[0].message.content.text).toBe('sorensen speaking');
    expect(all.conversations).toMatchObject(
      [{ chatId: `${rina.number}@c.us`, name: 'Rína Sørensen' }].slice(0, 0),
    );
    for (const q of ['rina', rina.number.slice(2, 9), 'ri']) {
      const { conversations, contacts } = await tenant.key.get(`/search?q=${q}`);
      expect(conversations.map(({ chatId }: { chatId: string }) => chatId)).toContain(`${rina.number}@c.us`);
      expect(contacts.map(({ phone }: { phone: string }) => phone)).toContain(rina.number);
    }
    const { profiles } = await tenant.key.get('/search?q=front%20desk');
    expect(profiles.map(({ id }: { id: string }) => id)).toContain(profile.id);
    const { id: broadcastId } = await tenant.key.post('/broadcast', {
      ...{ profileId: profile.id, name: 'Rye of the spring', message: 'hello', recipients: { type: 'all' } },
    });
    const { broadcasts } = await tenant.key.get('/search?q=rye%20spring');
    expect(broadcasts).toMatchObject([{ id: broadcastId, name: 'Rye of the spring' }]);
  });

  test('nothing of another organisation is found, nor of a profile out of reach', async () => {
    const stranger = await newTenant(house.api);
    const nothing = { messages: [], conversations: [], contacts: [], profiles: [], broadcasts: [] };
    expect(await find('rye', '', stranger.key)).toEqual([]);
    for (const q of ['rye', 'rina', 'ri', 'front'])
      expect(await stranger.key.get(`/search?q=${q}`)).toMatchObject(nothing);
    const { status } = await stranger.key.call('GET', `/messages/search?q=rye&profileId=${profile.id}`);
    expect(status).toBe(404);
    expect((await stranger.key.call('GET', `/search?q=rye&profileId=${profile.id}`)).status).toBe(404);
    const [hit] = await find('rye');
    const path = `/messages/search?q=rye&conversationId=${hit?.message.conversationId}`;
    expect((await stranger.key.call('GET', path)).status).toBe(404);

    const { id: elsewhere } = await tenant.key.post('/profiles', { name: 'Elsewhere', engine: 'sandbox' });
    const there = await personIn(house, tenant, 'viewer', { profile: elsewhere });
    expect(await find('rye', '', there)).toEqual([]);
    expect(await there.get('/search?q=rina')).toMatchObject(nothing);
    expect((await there.get('/search?q=elsewhere')).profiles).toMatchObject([{ id: elsewhere }]);
    expect((await there.call('GET', path)).status).toBe(404);
    const here = await personIn(house, tenant, 'viewer', { profile: profile.id });
    expect(await texts('"is the rye"', '', here)).toEqual(['Is the rye bread ready?']);
    expect((await here.get('/search?q=rina')).contacts).toHaveLength(1);
  });
});
