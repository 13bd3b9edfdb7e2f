import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import { openSink, type Sink } from '../../../test/kit/sink.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomer,
  newTenant,
  type Tenant,
} from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';
import { automationsOf, hears, reply, textsOf } from './testing.ts';

let house: House;
let tenant: Tenant;
let profile: ConnectedProfile;
let sink: Sink;

beforeAll(async () => {
  [house, sink] = await Promise.all([openHouse(), openSink()]);
  tenant = await newTenant(house.api);
  profile = await connectedProfile(tenant, house.sandbox);
});
afterAll(async () => {
  await house?.close();
  await sink?.close();
});

/** A word that no other test says. */
let words = 0;
const newWord = () => `word${words++}x`;
const { rule, runsOf, ended, flowOf } = automationsOf(() => ({ tenant, profile }));

test('rules are kept as given, unfinished ones switched off; an order is all or nothing', async () => {
  const given = {
    ...{ triggerType: 'keyword', triggerConfig: { keywords: ['zz'], own: { b: 1, a: [null] } } },
    ...{
      conditions: [{ type: 'not_group', label: 'x' }],
      actions: [{ type: 'reply', message: 'a', extra: { y: 1 } }],
    },
  };
  const made = await tenant.owner.post('/automation', { profileId: profile.id, name: 'Kept', ...given });
  expect(made).toMatchObject({
    ...{
      ...given,
      isActive: true,
      kind: 'rule',
      cooldownSecs: 0,
      maxTriggersPerDay: null,
      problems: [],
      version: 1,
    },
    stats: { triggerCount: 0, lastTriggered: null, todayCount: 0 },
  });
  expect(await tenant.owner.get(`/automation/${made.id}`)).toEqual(made);
  const draft = await rule('never', [], { triggerType: 'horoscope' });
  expect(draft).toMatchObject({ isActive: false, priority: made.priority + 1 });
  expect(draft.problems.map(({ path }: any) => path)).toEqual(['/triggerType', '/actions']);
  const refused = await tenant.owner.call('PUT', `/automation/${draft.id}/toggle`);
  expect(refused).toMatchObject({
    status: 400,
    body: { error: { code: 'VALIDATION_ERROR', details: draft.problems } },
  });
  const list = () => tenant.owner.get(`/automation?profileId=${profile.id}`);
  const order = (ids: string[]) =>
    tenant.owner.call('POST', '/automation/reorder', { profileId: profile.id, order: ids });
  expect((await order([draft.id, made.id])).data).toEqual({ success: true });
  expect((await list()).map(({ id }: any) => id)).toEqual([draft.id, made.id]);
  expect(await order([made.id, draft.id, profile.id])).toMatchObject({ status: 404 });
  expect(await order([made.id, made.id])).toMatchObject({ status: 400 });
  expect((await list()).map(({ id }: any) => id)).toEqual([draft.id, made.id]);
  expect(
    (await tenant.owner.get(`/automation?profileId=${profile.id}&isActive=false`)).map(({ id }: any) => id),
  ).toEqual([draft.id]);
  expect(await tenant.owner.put(`/automation/${made.id}/toggle`)).toMatchObject({
    isActive: false,
    version: 1,
  });
  const changed = await tenant.owner.put(`/automation/${made.id}`, {
    actions: [reply('b')],
    maxTriggersPerDay: 3,
    priority: 7,
  });
  expect(changed).toMatchObject({ version: 2, maxTriggersPerDay: 3, priority: 7, isActive: false });
  for (const id of [made.id, draft.id])
    expect(await tenant.owner.delete(`/automation/${id}`)).toEqual({ success: true });
  expect(await tenant.owner.call('GET', `/automation/${made.id}`)).toMatchObject({ status: 404 });
});

test('rules answer in order until one stops, in groups there; they tag, assign and count', async () => {
  const word = newWord();
  const me = await tenant.owner.get('/auth/me');
  const first = await rule(word, [
    reply('one {{name}}'),
    { type: 'add_tag', tags: ['asked'] },
    { type: 'assign_agent', assignedUserId: me.id },
  ]);
  const second = await rule(word, [reply('two'), { type: 'stop_processing' }]);
  const third = await rule(word, [reply('three')]);
  const customer = await newCustomer(house.sandbox, 'Sari');
  await customer.sends(profile.phone.number, `${word}?`);
  await hears(customer, 'two');
  expect(await textsOf(customer)).toEqual(['one Sari', 'two']);
  await ended(first.id);
  const [run] = await ended(second.id);
  expect(await runsOf(third.id)).toEqual([]);
  const { trace } = await tenant.owner.get(`/automation/${second.id}/runs/${run.id}`);
  expect(trace.map(({ kind, exit }: any) => [kind, exit])).toEqual([
    ['reply', 'done'],
    ['stop_processing', 'done'],
  ]);
  const { contacts } = await tenant.owner.get(`/contacts?profileId=${profile.id}&search=${customer.number}`);
  expect(contacts[0].tags).toEqual(['asked']);
  const { conversations } = await tenant.owner.get(`/conversations?profileId=${profile.id}`);
  const conversation = conversations.find(({ contactId }: any) => contactId === contacts[0].id);
  expect(conversation.assignedUserId).toBe(me.id);
  expect(await tenant.owner.get(`/automation/${first.id}/stats`)).toMatchObject({
    ...{ triggerCount: 1, todayCount: 1, runs: { completed: 1, failed: 0, live: 0 } },
  });
  const member = await newCustomer(house.sandbox);
  const group = await tenant.owner.post('/groups', {
    ...{ profileId: profile.id, name: 'Bakers', participants: [customer.number, member.number] },
  });
  const asked = await customer.sends(group.id, `${word} here?`);
  await hears(member, 'two', group.id);
  expect(await textsOf(customer, customer.number).then((texts) => texts.length)).toBeLessThanOrEqual(2);
  const { messages } = await tenant.owner
    .get(`/conversations?profileId=${profile.id}`)
    .then(async ({ conversations }: any) => {
      const chat = conversations.find(({ jid }: any) => jid === group.id);
      return tenant.owner.get(`/conversations/${chat.id}/messages`);
    });
  const answer = messages.find(({ content }: any) => content.text === 'two');
  expect(answer).toMatchObject({ quotedMessageId: asked, origin: { kind: 'automation', id: second.id } });
});

test('a cooldown is kept for each person, a limit of the day for all, with many at once', async () => {
  const word = newWord();
  const cooled = await rule(word, [reply('cooled')], { cooldownSecs: 3_600 });
  const capped = await rule(word, [reply('capped')], { maxTriggersPerDay: 2 });
  const customers = await Promise.all([1, 2, 3].map(() => newCustomer(house.sandbox)));
  await Promise.all(customers.flatMap((one) => [1, 2, 3].map(() => one.sends(profile.phone.number, word))));
  await until(
    'all have come',
    async () => (await tenant.owner.get(`/automation/${cooled.id}/stats`)).triggerCount === 3,
  );
  await until(
    'the limit is reached',
    async () => (await tenant.owner.get(`/automation/${capped.id}/stats`)).triggerCount === 2,
  );
  await Promise.all(customers.map((one) => hears(one, 'cooled')));
  const all = (await Promise.all(customers.map((one) => textsOf(one)))).flat();
  expect(all.filter((text) => text === 'cooled')).toHaveLength(3);
  expect(await tenant.owner.get(`/automation/${cooled.id}/stats`)).toMatchObject({
    triggerCount: 3,
    runs: { completed: 3 },
  });
  expect(await tenant.owner.get(`/automation/${capped.id}/stats`)).toMatchObject({
    triggerCount: 2,
    todayCount: 2,
  });
});

test('a flow asks, waits for the answer and goes on by it; the answer starts nothing else', async () => {
  const word = newWord();
  const other = await rule('three', [reply('not this')]);
  const flow = await flowOf(
    word,
    [
      { actionType: 'reply', config: { message: 'How many?' } },
      { actionType: 'wait_reply', config: { variable: 'count', timeoutSeconds: 3_600 } },
      { actionType: 'condition', config: { field: 'var.count', operator: 'contains', value: 'three' } },
      { actionType: 'reply', config: { message: 'So {{count}} for {{name}}.' } },
      { actionType: 'reply', config: { message: 'Nobody knows.' } },
    ],
    [
      ['0', '1'],
      ['1', '2', 'reply'],
      ['2', '3', 'true'],
      ['2', '4', 'false'],
      ['1', '4', 'timeout'],
    ],
  );
  expect(flow).toMatchObject({ kind: 'flow', isActive: true, problems: [] });
  const customer = await newCustomer(house.sandbox, 'Ani');
  await customer.sends(profile.phone.number, word);
  await hears(customer, 'How many?');
  await until('it waits', async () => (await runsOf(flow.id))[0]?.waitingFor === 'reply');
  // A second start meanwhile is dropped: it is the answer.
  await customer.sends(profile.phone.number, 'three loaves');
  await hears(customer, 'So three loaves for Ani.');
  expect(await ended(flow.id)).toMatchObject([{ status: 'completed' }]);
  expect(await runsOf(other.id)).toEqual([]);
  const tried = await tenant.owner.post(`/automation/${flow.id}/test`, {
    message: word,
    contact: { name: 'Ani' },
    answers: ['three loaves'],
  });
  expect(tried).toMatchObject({
    matches: true,
    matchDetails: { matchedKeyword: word },
    outcome: 'completed',
    problems: [],
  });
  const [{ id: runId }] = await runsOf(flow.id);
  const { trace } = await tenant.owner.get(`/automation/${flow.id}/runs/${runId}`);
  expect(tried.trace.map(({ node, exit }: any) => [node, exit])).toEqual(
    trace.map(({ node, exit }: any) => [node, exit]),
  );
  expect(tried.trace.at(-1).effects).toEqual([
    { do: 'send', type: 'text', fields: { text: 'So three loaves for Ani.' } },
  ]);
  expect(tried.triggers).toEqual([{ type: 'keyword', fired: true, details: { matchedKeyword: word } }]);
  const compared = tried.trace.find(({ kind }: any) => kind === 'condition');
  expect(compared.data.conditions).toMatchObject([{ type: 'field', held: true }]);
  const given = await tenant.owner.post(`/automation/${flow.id}/test`, {
    ...{ message: word, variables: { count: 'three' }, answers: ['no'] },
  });
  expect(given.trace.at(-1)).toMatchObject({ effects: [{ fields: { text: 'Nobody knows.' } }] });
  const silent = await tenant.owner.post(`/automation/${flow.id}/test`, { message: word });
  expect(silent.trace.at(-1)).toMatchObject({ effects: [{ fields: { text: 'Nobody knows.' } }] });
  const sent = await tenant.owner.post(`/automation/${flow.id}/test`, { message: 'else', isGroup: true });
  expect(sent).toMatchObject({ matches: false, actions: null, trace: [], outcome: null });
  await tenant.owner.delete(`/automation/${other.id}`);
});

test('a program that refuses, and a model that is missing, lead out by error', async () => {
  const word = newWord();
  const flow = await flowOf(
    word,
    [
      { actionType: 'webhook', config: { url: sink.url } },
      { actionType: 'reply', config: { message: 'It said no.' } },
      { actionType: 'ai_reply', config: {} },
      { actionType: 'reply', config: { message: 'No model.' } },
    ],
    [
      ['0', '1', 'error'],
      ['1', '2'],
      ['2', '3', 'error'],
    ],
  );
  sink.answer = () => 500;
  const customer = await newCustomer(house.sandbox);
  await customer.sends(profile.phone.number, word);
  await hears(customer, 'No model.');
  expect(await textsOf(customer)).toEqual(['It said no.', 'No model.']);
  const call = sink.caught.at(-1);
  const [run] = await ended(flow.id);
  expect(call?.headers['idempotency-key']).toBe(`${run.id}-0`);
  expect(call?.body).toMatchObject({
    automation: { id: flow.id },
    message: { content: word, isGroup: false },
  });
  const outside = await tenant.owner.call('POST', '/automation', {
    ...{ profileId: profile.id, name: 'Inside', triggerType: 'all', triggerConfig: {}, isActive: true },
    actions: [
      { type: 'webhook', url: 'http://10.0.0.1/' },
      { type: 'assign_agent', assignedUserId: profile.id },
    ],
  });
  expect(outside).toMatchObject({ status: 400 });
  expect(outside.body.error.details.map(({ path }: any) => path)).toContain('/actions/1/assignedUserId');
});

test('conditions read the answer of another program, by a pointer into it', async () => {
  const word = newWord();
  const say = (message: string) => ({ actionType: 'reply', config: { message } });
  const flow = await flowOf(
    word,
    [
      { actionType: 'webhook', config: { url: sink.url } },
      {
        actionType: 'condition',
        config: { field: 'webhook.body./order/0/state', operator: 'equals', value: 'paid' },
      },
      ...[say('Paid.'), say('Not yet.')],
    ],
    [
      ['0', '1'],
      ['1', '2', 'true'],
      ['1', '3', 'false'],
    ],
  );
  expect(flow.problems).toEqual([]);
  const customer = await newCustomer(house.sandbox);
  for (const [state, said] of [
    ['paid', 'Paid.'],
    ['open', 'Not yet.'],
  ] as const) {
    sink.answer = (_, response) =>
      void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ order: [{ state }] }));
    await customer.sends(profile.phone.number, word);
    await hears(customer, said);
  }
  await ended(flow.id, 2);
});

/** One red point. */
const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

test('a file is fetched before it is sent; what follows it in the chat waits for it', async () => {
  const word = newWord();
  const first = await rule(word, [
    { type: 'send_image', base64: png, caption: 'Look, {{name}}' },
    { type: 'send_image', url: `${sink.url}/gone.png` },
    reply('behind it'),
  ]);
  sink.answer = () => 404;
  const second = await rule(word, [reply('another rule')]);
  const customer = await newCustomer(house.sandbox, 'Sari');
  await customer.sends(profile.phone.number, word);
  await hears(customer, 'another rule');
  await ended(first.id);
  await ended(second.id);
  expect(await textsOf(customer)).toEqual(['Look, Sari', 'behind it', 'another rule']);
  const [run] = await runsOf(first.id);
  expect(run).toMatchObject({ status: 'failed', steps: 3 });
});

test('a wait of days goes on when its time has come, also for whoever a request names', async () => {
  const later = await tenant.owner.post('/automation', {
    ...{ profileId: profile.id, name: 'Later', triggerType: 'webhook', triggerConfig: {} },
    actions: [{ type: 'delay', seconds: 86_400 }, reply('Order {{order}} is on its way, {{nobody}}.')],
  });
  const customer = await newCustomer(house.sandbox);
  const start = () =>
    tenant.owner.post(
      `/automation/${later.id}/trigger`,
      { to: customer.number, variables: { order: 1042 } },
      { 'idempotency-key': `t-${later.id}` },
    );
  const [one, two] = [await start(), await start()];
  expect([one.started, two.runId]).toEqual([true, one.runId]);
  await until('it waits', async () => (await runsOf(later.id))[0]?.waitingFor === 'time');
  house.clock.advance({ days: 1, minutes: 1 });
  const probe = await newCustomer(house.sandbox);
  await tenant.owner.post(`/automation/${later.id}/trigger`, { to: probe.number });
  await hears(customer, 'Order 1042 is on its way, {{nobody}}.');
  expect(await tenant.owner.get(`/automation/${later.id}/stats`)).toMatchObject({
    runs: { completed: 1, live: 1 },
  });
});
