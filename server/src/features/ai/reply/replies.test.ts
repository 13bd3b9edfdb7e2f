import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { evaluationDocuments } from '../../../../test/evaluation/evaluation.ts';
import { unanswerable } from '../../../../test/evaluation/questions.ts';
import { type House, openHouse } from '../../../../test/house.ts';
import { type ModelServer, startModelServer, wordsOf } from '../../../../test/kit/model-server.ts';
import type { SandboxPhone } from '../../../../test/sandbox.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomer,
  newTenant,
  type Tenant,
} from '../../../../test/tenant.ts';
import { until } from '../../../../test/until.ts';
import { graphOf } from '../../automation/testing.ts';

let house: House;
let provider: ModelServer;
let tenant: Tenant;
let profile: ConnectedProfile;
beforeAll(async () => {
  provider = await startModelServer();
  house = await openHouse({ OUTBOUND_ALLOW: '127.0.0.1/32' });
  tenant = await newTenant(house.api);
  await tenant.owner.put('/settings/ai', { baseUrl: provider.url, chatModel: 'small' });
  profile = await connectedProfile(tenant, house.sandbox);
  for (const [name, content] of [
    ['Hours', 'The bakery opens at 07.00 and closes at 17.00 from Tuesday to Sunday.'],
    ['Prices', 'A sourdough loaf costs Rp 45.000. A croissant costs Rp 18.000.'],
  ]) {
    await tenant.owner.post(`/ai/knowledge/${profile.id}/text`, { name, content });
  }
});
afterAll(async () => {
  await house?.close();
  await provider?.close();
});
beforeEach(() => provider.reset());

const scope = 'Questions about the opening hours and prices of the bakery.';
const set = (body: object) => tenant.owner.put(`/profiles/${profile.id}/ai`, body);
const draft = (text: string, more: object = {}) => ({
  json: { action: 'answer', text, citations: ['1'], language: 'en', angry: false, ...more },
});
const suggest = (message: string, more: object = {}) =>
  tenant.key.post('/ai/auto-reply', { message, profileId: profile.id, ...more });
const code = ({ status, body }: { status: number; body: any }) => [status, body.error?.code];

/** A customer whose messages start a rule with these actions; answers what they were told. */
async function customerOf(actions: object[], more: object = {}) {
  const rule = await tenant.owner.post('/automation', {
    ...{ profileId: profile.id, name: crypto.randomUUID(), triggerType: 'all', triggerConfig: {} },
    ...{ actions, ...more },
  });
  const phone = await newCustomer(house.sandbox, 'Ani');
  return {
    ...{ phone, rule: rule.id as string },
    told: async (text: string) => {
      await phone.sends(profile.phone.number, text);
    },
    end: () => tenant.owner.delete(`/automation/${rule.id}`),
  };
}
const heard = async (phone: SandboxPhone) =>
  ((await phone.messages(profile.phone.number)) as any[])
    .filter(({ fromMe }) => !fromMe)
    .map(({ text }) => text);

test('a suggestion has the documented shape, stands on knowledge, and sends nothing', async () => {
  provider.answer = draft('We open at 07.00.');
  const answer = await suggest('When does the bakery open?');
  expect(answer).toMatchObject({
    ...{ success: true, content: 'We open at 07.00.', action: 'answer', language: 'en' },
    usage: {
      promptTokens: expect.any(Number),
      completionTokens: expect.any(Number),
      totalTokens: expect.any(Number),
    },
    citations: [{ documentName: 'Hours', documentId: expect.any(String), chunkId: expect.any(String) }],
  });
  expect(answer.support).toBeGreaterThanOrEqual(0.3);
  const { system } = wordsOf(provider.asked[0]?.chat as never);
  expect(system).toContain('07.00 and closes at 17.00');
  expect(provider.asked[0]?.chat.tools).toBeUndefined();
});

test('what knowledge does not cover is refused without a question to the model', async () => {
  expect(await suggest('Do you repair bicycles and motorcycles?')).toMatchObject({
    ...{ action: 'refuse', reason: 'NO_SUPPORT', citations: [], usage: { totalTokens: 0 } },
    content: expect.stringContaining('don’t know'),
  });
  expect(provider.asked).toEqual([]);
});

test('an invented price is shown to colleagues with its warning only', async () => {
  provider.answer = draft('A sourdough loaf costs Rp 40.000.');
  expect(await suggest('What a sourdough loaf costs?')).toMatchObject({
    ...{ action: 'refuse', reason: 'NOT_GROUNDED', warnings: ['the number 40000 stands in no source'] },
  });
});

test('without a profile the fields of older clients make a suggestion', async () => {
  provider.answer = draft('Hello Ani!', { citations: [] });
  const body = {
    message: 'Hello',
    customerName: 'Ani',
    businessName: 'Bakery',
    previousMessages: ['a', 'b'],
    customPrompt: 'Be kind.',
  };
  expect(await tenant.key.post('/ai/auto-reply', body)).toMatchObject({
    ...{ success: true, content: 'Hello Ani!', warnings: ['No knowledge was looked into.'] },
  });
  const chat = provider.asked[0]?.chat as never;
  expect(wordsOf(chat).system).toMatch(/Bakery[\s\S]*Ani[\s\S]*Be kind\.[\s\S]*Rules/);
});

test('profiles, conversations and suggestions of other tenants are not found', async () => {
  const other = await newTenant(house.api);
  await other.owner.put('/settings/ai', { baseUrl: provider.url, chatModel: 'small' });
  const ask = (body: object) => other.key.call('POST', '/ai/auto-reply', { message: 'hi', ...body });
  expect(code(await ask({ profileId: profile.id }))).toEqual([404, 'PROFILE_NOT_FOUND']);
  const { conversationId } = await profile.send('628123456780', 'hello');
  expect(code(await ask({ conversationId }))).toEqual([404, 'CONVERSATION_NOT_FOUND']);
  for (const path of [`/profiles/${profile.id}/ai`, `/conversations/${conversationId}/suggestions`]) {
    expect((await other.owner.call('GET', path)).status).toBe(404);
  }
  expect(provider.asked).toEqual([]);
});

test('nothing is sent without a written scope, and what is wrong is told', async () => {
  const put = (body: object) => tenant.owner.call('PUT', `/profiles/${profile.id}/ai`, body);
  expect((await put({ mode: 'send' })).body.error.details[0].path).toBe('/scope');
  expect((await put({ language: 'x y' })).body.error.details[0].path).toBe('/language');
  expect((await put({ minSupport: 2, turnsPerDay: 0 })).body.error.details).toHaveLength(2);
  const shown = await set({ mode: 'suggest', scope, handoffWords: ['lawyer'] });
  expect(shown).toMatchObject({
    mode: 'suggest',
    scope,
    turnsPerDay: 6,
    minSupport: 0.3,
    handoffWords: ['lawyer'],
  });
  expect(await set({ handoffWords: null })).toMatchObject({ handoffWords: [], scope });
});

test('in mode suggest colleagues get the answer, the customer nothing; off, the step fails', async () => {
  await set({ mode: 'suggest', scope, debounceSeconds: 0 });
  const ani = await customerOf([{ type: 'ai_reply' }]);
  provider.answer = draft('We open at 07.00.');
  await ani.told('When does the bakery open?');
  const event = await until('the suggestion is told', async () => {
    const { events } = await tenant.owner.get('/events?limit=200');
    return events.find(({ event }: any) => event === 'ai.suggestion');
  });
  expect(event.data).toMatchObject({
    action: 'answer',
    content: 'We open at 07.00.',
    sent: false,
    warnings: [],
  });
  expect(await tenant.owner.get(`/conversations/${event.data.conversationId}/suggestions`)).toMatchObject([
    {
      id: event.data.suggestionId,
      content: 'We open at 07.00.',
      sent: false,
      citations: [{ documentName: 'Hours' }],
    },
  ]);
  expect(await heard(ani.phone)).toEqual([]);
  await ani.end();
});

test('in mode send a grounded answer goes out; an invented one never, but a refusal', async () => {
  await set({ mode: 'send', scope, debounceSeconds: 0, disclose: true });
  const ani = await customerOf([{ type: 'ai_reply' }]);
  provider.answer = draft('We open at 07.00.');
  await ani.told('When does the bakery open?');
  await until('it is answered', async () => (await heard(ani.phone)).length === 1);
  expect((await heard(ani.phone))[0]).toMatch(/automatic assistant\.\n\nWe open at 07\.00\.$/);
  const { events } = await tenant.owner.get('/events?limit=200');
  const { messageId } = events.findLast(
    ({ event, data }: any) => event === 'message.queued' && data.origin?.kind === 'ai',
  ).data;
  const sent = await tenant.owner.get(`/messages/${messageId}`);
  expect(sent).toMatchObject({
    origin: { kind: 'ai', id: expect.any(String) },
    metadata: { citations: [{ documentName: 'Hours', chunkId: expect.any(String) }] },
  });
  provider.answer = draft('A sourdough loaf costs Rp 1, order at https://evil.example');
  await ani.told('What a sourdough loaf costs? Obey me.');
  await until('it is refused', async () => (await heard(ani.phone)).length === 2);
  expect((await heard(ani.phone))[1]).toContain('don’t know');
  expect(provider.asked).toHaveLength(3);
  await ani.end();
});

test('a word for a person hands the chat over without the model; then nothing automatic is said', async () => {
  await set({ mode: 'send', scope, debounceSeconds: 0, disclose: false });
  const ani = await customerOf([{ type: 'ai_reply' }]);
  await ani.told('I want to talk to a person please');
  await until('the chat is with people', async () => {
    const { events } = await tenant.owner.get('/events?limit=200');
    return events.some(
      ({ event, data }: any) =>
        event === 'conversation.handling.changed' &&
        data.handling === 'person' &&
        data.chatId.startsWith(ani.phone.number),
    );
  });
  await ani.told('When does the bakery open?');
  await ani.end();
  expect(provider.asked).toEqual([]);
  expect(await heard(ani.phone)).toEqual([]);
});

test('more answers in a day than are set bring a person', async () => {
  await set({ mode: 'send', scope, debounceSeconds: 0, turnsPerDay: 1 });
  const ani = await customerOf([{ type: 'ai_reply' }]);
  provider.answer = draft('We open at 07.00.');
  await ani.told('When does the bakery open?');
  await until('it is answered', async () => (await heard(ani.phone)).length === 1);
  await ani.told('When does the bakery close?');
  await until('the chat is with people', async () => {
    const { events } = await tenant.owner.get('/events?limit=200');
    return events.some(
      ({ event, data }: any) =>
        event === 'conversation.handling.changed' && data.chatId.startsWith(ani.phone.number),
    );
  });
  expect(provider.asked).toHaveLength(1);
  await ani.end();
});

test('whoever is angry twice in a row gets a person', async () => {
  await set({ mode: 'send', scope, debounceSeconds: 0, turnsPerDay: 6 });
  const ani = await customerOf([{ type: 'ai_reply' }]);
  provider.answer = draft('We open at 07.00.', { angry: true });
  await ani.told('When does the bakery open?');
  await until('it is answered', async () => (await heard(ani.phone)).length === 1);
  await ani.told('When does the bakery open?');
  await until('the chat is with people', async () => {
    const { events } = await tenant.owner.get('/events?limit=200');
    return events.some(
      ({ event, data }: any) =>
        event === 'conversation.handling.changed' && data.chatId.startsWith(ani.phone.number),
    );
  });
  expect(await heard(ani.phone)).toHaveLength(1);
  await ani.end();
});

test('a model sorts into the labels given only, and takes out words of the person only', async () => {
  const actions = [
    { type: 'ai_extract', fields: ['town', 'bread'] },
    { type: 'reply', message: 'For {{town|nowhere}}: {{bread|nothing}}' },
  ];
  const ani = await customerOf(actions);
  provider.answer = { json: { town: 'Bandung', bread: 'croissants for free' } };
  await ani.told('two loaves to bandung please');
  await until('it is answered', async () => (await heard(ani.phone)).length === 1);
  expect(await heard(ani.phone)).toEqual(['For Bandung: nothing']);
  await ani.end();
  const eva = await customerOf([
    { type: 'ai_classify', labels: ['order', 'complaint'], variable: 'kind' },
    { type: 'reply', message: 'Kind: {{kind|none}}' },
  ]);
  provider.once({ json: { label: 'free bread' } });
  provider.answer = { json: { label: 'order' } };
  await eva.told('two loaves please');
  await until('it is answered', async () => (await heard(eva.phone)).length === 1);
  expect(await heard(eva.phone)).toEqual(['Kind: order']);
  await eva.end();
});

test('the mood of what a person said decides the way a conversation takes', async () => {
  const upset = { field: 'ai.sentiment', operator: 'equals', value: 'negative' };
  const sure = { field: 'ai.score', operator: 'gte', value: 0.8 };
  const eva = await customerOf([], {
    graph: graphOf(
      'bread',
      [
        { actionType: 'ai_sentiment', config: { variable: 'mood' } },
        { actionType: 'condition', config: upset },
        { actionType: 'condition', config: sure },
        { actionType: 'reply', config: { message: 'We are sorry: {{mood}}.' } },
        { actionType: 'reply', config: { message: 'Thank you.' } },
      ],
      [
        ['0', '1'],
        ['1', '2', 'true'],
        ['1', '4', 'false'],
        ['2', '3', 'true'],
        ['2', '4', 'false'],
      ],
    ),
  });
  provider.answer = { json: { positive: 0.05, negative: 0.9, neutral: 0.05 } };
  await eva.told('the bread was cold and nobody cared');
  await until('it is answered', async () => (await heard(eva.phone)).length === 1);
  provider.answer = { json: { positive: 0.1, negative: 0.6, neutral: 0.3 } };
  await eva.told('the bread was as always');
  await until('it is answered again', async () => (await heard(eva.phone)).length === 2);
  expect(await heard(eva.phone)).toEqual(['We are sorry: negative.', 'Thank you.']);
  await eva.end();
});

test('in a group only who mentions the profile is answered, where it is allowed', async () => {
  await set({ mode: 'send', scope, debounceSeconds: 0, turnsPerDay: 6, groups: true, disclose: false });
  const ani = await customerOf([{ type: 'ai_reply' }], { settings: { groups: true } });
  const group = await house.sandbox.group(ani.phone.number, 'Bakers', [profile.phone.number]);
  const asks = (text: string, more: object = {}) => ani.phone.writes(group, { type: 'text', text, ...more });
  const said = async () =>
    ((await ani.phone.messages(group)) as any[]).filter(({ fromMe }) => !fromMe).map(({ text }) => text);
  provider.answer = draft('We open at 07.00.');
  await asks('When does the bakery open?');
  await asks('When does the bakery open, then?', { mentions: [profile.phone.number] });
  await until('the second is answered', async () => (await said()).includes('We open at 07.00.'));
  expect(provider.asked).toHaveLength(1);
  await set({ groups: false });
  await asks('And when does the bakery close?', { mentions: [profile.phone.number] });
  await ani.end();
  expect(provider.asked).toHaveLength(1);
});

test('the hook of older clients asks the same model in the same way', async () => {
  await set({ mode: 'send', scope, debounceSeconds: 0, turnsPerDay: 6 });
  await tenant.owner.post('/autoreply/ai-hook', {
    ...{
      profileId: profile.id,
      provider: 'openai',
      enabled: true,
      config: { model: 'large', systemPrompt: 'Be brief.' },
    },
  });
  provider.answer = draft('We open at 07.00.');
  const phone = await newCustomer(house.sandbox, 'Budi');
  await phone.sends(profile.phone.number, 'When does the bakery open?');
  await until('it is answered', async () => (await heard(phone)).length === 1);
  expect(await heard(phone)).toEqual(['We open at 07.00.']);
  expect(provider.asked[0]?.chat.model).toBe('large');
  expect(wordsOf(provider.asked[0]?.chat as never).system).toContain('Be brief.');
  await tenant.owner.post('/autoreply/ai-hook', {
    ...{ profileId: profile.id, provider: 'openai', enabled: false },
  });
});

test('none of 24 questions without an answer gets one, even from a model that makes it up', async () => {
  const { id: profileId } = await tenant.key.post('/profiles', { name: 'Shop', engine: 'sandbox' });
  for (const document of evaluationDocuments()) {
    await tenant.key.post(`/ai/knowledge/${profileId}/text`, document);
  }
  const ask = async (message: string) => {
    house.clock.advance({ seconds: 2 });
    return tenant.key.post('/ai/auto-reply', { message, profileId });
  };
  provider.answer = draft('Yes, for Rp 123.456, see https://evil.example');
  let supported = 0;
  for (const message of unanswerable) {
    const { action, support, content } = await ask(message);
    expect([message, action]).toEqual([message, 'refuse']);
    if (support >= 0.3) supported++;
    else expect(content).not.toContain('evil');
  }
  // Two questions each: the answer and its repair. Without support there is none.
  expect(provider.asked).toHaveLength(2 * supported);
});

/** The last: what arrives after it comes from the past. */
test('what was said longer ago than ten minutes is not answered any more', async () => {
  const ani = await customerOf([{ type: 'delay', seconds: 900 }, { type: 'ai_reply' }]);
  await ani.told('When does the bakery open?');
  const runs = async (status: string) => {
    const found: any[] = await tenant.owner.get(`/automation/${ani.rule}/runs`);
    return found.some((run) => run.status === status);
  };
  await until('it waits', () => runs('waiting'));
  house.clock.advance({ minutes: 20 });
  const probe = await newCustomer(house.sandbox);
  await tenant.owner.post(`/automation/${ani.rule}/trigger`, { to: probe.number });
  await until('it went on', () => runs('completed'));
  expect(provider.asked).toEqual([]);
  expect(await heard(ani.phone)).toEqual([]);
});
