import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomer,
  newTenant,
  type Tenant,
} from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';
import { type Edge, graphOf } from './testing.ts';

let house: House;
let tenant: Tenant;
let profile: ConnectedProfile;

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  profile = await connectedProfile(tenant, house.sandbox);
});
afterAll(() => house?.close());

/** Turns the clock; whatever is due by then is looked at. What phones say afterwards is old by that clock. */
async function turn(minutes: number): Promise<void> {
  house.clock.advance({ minutes });
  const far = { cron: '0 0 29 2 *', to: ['628123456789'] };
  await off((await make('schedule', far, [reply('On leap days')])).id);
}

type Phone = Awaited<ReturnType<typeof newCustomer>>;
const make = (triggerType: string, triggerConfig: object, actions: object[], more: object = {}) =>
  tenant.owner.post('/automation', {
    ...{ profileId: profile.id, name: triggerType, triggerType, triggerConfig, actions, ...more },
  });
const reply = (message: string, more: object = {}) => ({ type: 'reply', message, ...more });
const textsOf = async (phone: Phone) =>
  (await phone.messages()).filter(({ fromMe }) => !fromMe).map(({ text }) => text);
const hears = (phone: Phone, text: string) =>
  until(`“${text}” is heard`, async () => (await textsOf(phone)).includes(text));
const runsOf = (id: string) => tenant.owner.get(`/automation/${id}/runs`);
const ended = (id: string, count = 1) =>
  until('its runs have ended', async () => {
    const runs = await runsOf(id);
    return runs.length >= count && runs.every(({ endedAt }: any) => endedAt) && runs;
  });
const off = async (...ids: string[]) => {
  for (const id of ids) await tenant.owner.delete(`/automation/${id}`);
};
/** A flow that a request begins; what can't be reached from there is left out. */
function webhookGraph(steps: readonly object[], edges: readonly Edge[]) {
  const reached = new Set(['0']);
  for (const _ of steps) for (const [from, to] of edges) if (reached.has(from)) reached.add(to);
  const graph = graphOf('', steps, edges);
  return {
    nodes: graph.nodes
      .filter(({ id }) => id === 't' || reached.has(id))
      .map((node) => (node.id === 't' ? { ...node, data: { triggerType: 'webhook' } } : node)),
    edges: graph.edges.filter(
      ({ source, target }) => source === 't' || (reached.has(source) && reached.has(target)),
    ),
  };
}
const dues = () => house.database.database.db.selectFrom('automation_dues').selectAll().execute();

test('tags, reactions and votes start automations; those that start each other come to an end', async () => {
  const tag = (name: string) => ({ type: 'add_tag', tags: [name] });
  const untag = (name: string) => ({ type: 'remove_tag', tags: [name] });
  const ping = await make('event', { event: 'tag.added', tags: ['ping'] }, [untag('ping'), tag('pong')]);
  const pong = await make('event', { event: 'tag.added', tags: ['PONG'] }, [untag('pong'), tag('ping')]);
  const liked = await make('reaction', { emojis: ['👍'] }, [reply('You like it: {{message}}')]);
  const customer = await newCustomer(house.sandbox);
  const { id } = await tenant.owner.post('/contacts', { profileId: profile.id, phone: customer.number });
  await tenant.owner.post(`/contacts/${id}/tags`, { tags: ['ping'] });
  await ended(pong.id, 2);
  await ended(ping.id, 2);
  const count = (await runsOf(ping.id)).length + (await runsOf(pong.id)).length;
  expect(count).toBe(4);
  await tenant.key.post('/messages/text', { profileId: profile.id, to: customer.number, text: 'Rye today' });
  await hears(customer, 'Rye today');
  const rye = (await customer.messages()).find(({ text }) => text === 'Rye today');
  await customer.writes(profile.phone.number, { type: 'reaction', id: rye?.id, text: '👍' });
  await hears(customer, 'You like it: 👍');
  const voted = await make('poll_vote', { options: ['Rye'] }, [reply('So {{message}}.')]);
  const poll = { profileId: profile.id, to: customer.number, question: 'Which?', options: ['Rye', 'Oat'] };
  await tenant.key.post('/messages/poll', poll);
  const asked = await until('the poll is there', async () =>
    (await customer.messages()).find(({ type }) => type === 'poll'),
  );
  await customer.writes(profile.phone.number, { type: 'vote', id: asked.id, options: ['Rye'] });
  await hears(customer, 'So Rye.');
  await off(ping.id, pong.id, liked.id, voted.id);
});

test('a flow begins another with its variables, sends templates and replies, shows typing', async () => {
  const template = await tenant.owner.post('/templates', {
    ...{ profileId: profile.id, name: 'Order', messageType: 'text' },
    content: { text: 'Order {{order}} for {{name}}.' },
  });
  await tenant.owner.post('/autoreply/quick-replies', {
    ...{ profileId: profile.id, shortcut: 'bye', title: 'Bye', message: 'Bye, {{name}}.' },
  });
  const second = await make('webhook', {}, [
    { type: 'send_template', templateId: template.id },
    { type: 'send_quick_reply', shortcut: 'BYE', simulateTyping: true, typingDuration: 2 },
  ]);
  const edges: Edge[] = [['0', '1']];
  const first = await make('keyword', {}, [], {
    graph: graphOf(
      'begin',
      [
        { actionType: 'set_variable', config: { name: 'order', value: '1042' } },
        { actionType: 'start_flow', config: { automationId: second.id } },
      ],
      edges,
    ),
  });
  expect(first.problems).toEqual([]);
  const stranger = await make('keyword', { keywords: ['q'] }, [
    { type: 'start_flow', automationId: profile.id },
    { type: 'send_template', templateId: profile.id },
  ]);
  expect(stranger.problems.map(({ path }: any) => path)).toEqual([
    ...['/actions/0/automationId', '/actions/1/templateId'],
  ]);
  const customer = await newCustomer(house.sandbox, 'Ani');
  await customer.sends(profile.phone.number, 'begin');
  await hears(customer, 'Order 1042 for Ani.');
  await until('it types', async () => (await customer.typing()).length === 1);
  await hears(customer, 'Bye, Ani.');
  const [run] = await ended(second.id);
  const { trace } = await tenant.owner.get(`/automation/${second.id}/runs/${run.id}`);
  const tried = await tenant.owner.post(`/automation/${second.id}/test`, {
    message: 'x',
    contact: { name: 'Ani' },
  });
  expect(tried.trace.map(({ kind, exit }: any) => [kind, exit])).toEqual(
    trace.map(({ kind, exit }: any) => [kind, exit]),
  );
  await off(first.id, second.id, stranger.id);
});

test('quick messages are taken together where that is wanted; one flow follows another', async () => {
  const together = await make('keyword', { keywords: ['order'] }, [reply('You want: {{message}}')], {
    settings: { debounceSeconds: 1 },
  });
  const customer = await newCustomer(house.sandbox);
  for (const text of ['order rye', 'two of them']) await customer.sends(profile.phone.number, text);
  await hears(customer, 'You want: order rye\ntwo of them');
  await ended(together.id);
  const flowOf = (word: string, steps: object[], edges: Edge[]) =>
    make('keyword', {}, [], { graph: graphOf(word, steps, edges), settings: { onBusy: 'queue' } });
  const say = (message: string) => ({ actionType: 'reply', config: { message } });
  const slow = await flowOf(
    'slow',
    [{ actionType: 'delay', config: { seconds: 2 } }, say('slow')],
    [['0', '1']],
  );
  const quick = await flowOf('quick', [say('quick')], []);
  for (const text of ['slow', 'quick']) await customer.sends(profile.phone.number, text);
  await hears(customer, 'quick');
  expect((await textsOf(customer)).slice(-2)).toEqual(['slow', 'quick']);
  await ended(slow.id);
  const stats = await tenant.owner.get(`/automation/${slow.id}/stats`);
  expect(stats.medianSeconds).toBeGreaterThan(1);
  expect(stats.nodes).toEqual([
    { node: '0', kind: 'delay', reached: 1, ended: 0 },
    { node: '1', kind: 'reply', reached: 1, ended: 1 },
  ]);
  await off(together.id, slow.id, quick.id);
});

test('whatever the graph, a run does what its trial said it would', async () => {
  const ids = ['0', '1', '2', '3', '4'];
  const anyStep = fc.constantFrom<object>(
    { actionType: 'set_variable', config: { name: 'x', value: 'x{{x}}' } },
    { actionType: 'reply', config: { message: '{{x}} {{name}}' } },
    { actionType: 'add_tag', config: { tags: ['seen'] } },
    { actionType: 'delay', config: { seconds: 0 } },
    { actionType: 'condition', config: { field: 'var.x', operator: 'contains', value: 'xx' } },
    { actionType: 'random', config: { weights: [1, 2] } },
    { actionType: 'ai_reply', config: {} },
    { actionType: 'end' },
  );
  const anyEdge = fc.tuple(
    fc.constantFrom(...ids),
    fc.constantFrom(...ids),
    fc.constantFrom('done', 'error', 'true', 'false', 'case:0', 'case:1'),
  );
  const anyGraph = fc.record({
    steps: fc.array(anyStep, { minLength: 5, maxLength: 5 }),
    edges: fc.array(anyEdge, { maxLength: 12 }),
  });
  const made: string[] = [];
  let compared = 0;
  for (const { steps, edges } of fc.sample(anyGraph, { numRuns: 60, seed: 11 })) {
    const flow = await make('webhook', {}, [], { graph: webhookGraph(steps, edges as Edge[]) });
    made.push(flow.id);
    if (!flow.isActive) continue;
    const { number } = await newCustomer(house.sandbox, 'Ani');
    const started = await tenant.owner.post(`/automation/${flow.id}/trigger`, { to: number });
    await ended(flow.id);
    const { trace, status } = await tenant.owner.get(`/automation/${flow.id}/runs/${started.runId}`);
    const tried = await tenant.owner.post(`/automation/${flow.id}/test`, {
      ...{ message: 'x', contact: { phone: number }, live: true },
    });
    const way = (all: any[]) => all.map(({ node, kind, exit }) => [node, kind, exit]);
    expect([way(tried.trace), tried.outcome]).toEqual([way(trace), status]);
    compared += 1;
  }
  expect(compared).toBeGreaterThan(3);
  await off(...made);
});

test('who asks to be written to no more gets no automatic answer, and what was under way ends', async () => {
  const all = await make('all', {}, [
    reply('Hello.'),
    { type: 'delay', seconds: 3_600 },
    reply('Are you happy with us?'),
  ]);
  const customer = await newCustomer(house.sandbox);
  await customer.sends(profile.phone.number, 'Hi');
  await hears(customer, 'Hello.');
  await customer.sends(profile.phone.number, 'Stop!');
  const [run] = await ended(all.id);
  expect(run).toMatchObject({ status: 'cancelled', error: 'The person wants to be written to no more.' });
  await customer.sends(profile.phone.number, 'Start');
  await until('a start is no stop', async () => (await runsOf(all.id)).length === 2);
  await off(all.id);
});

test('a rule reacts, notes, notifies, notes a wish, and hands over with a word to both sides', async () => {
  const made = await make('keyword', { keywords: ['refund'] }, [
    { type: 'send_reaction', emoji: '👀' },
    { type: 'note', text: 'Asked: {{message}}' },
    { type: 'notify', text: '{{name}} wants money back.' },
    { type: 'opt_out', scope: 'all' },
    { type: 'handoff', message: 'A person answers you soon, {{name}}.', note: 'Look at order 1042.' },
  ]);
  expect(made.problems).toEqual([]);
  const wrong = await make('keyword', { keywords: ['q'] }, [
    { type: 'send_reaction' },
    { type: 'note' },
    { type: 'notify', text: 'x', userId: profile.id },
    { type: 'opt_out', scope: 'some' },
    { type: 'handoff', message: 5 },
  ]);
  expect(wrong.problems.map(({ path }: any) => path)).toEqual([
    ...['/actions/0/emoji', '/actions/1/text', '/actions/3/scope', '/actions/4/message'],
    '/actions/2/userId',
  ]);
  const customer = await newCustomer(house.sandbox, 'Wati');
  await customer.sends(profile.phone.number, 'refund please');
  await hears(customer, 'A person answers you soon, Wati.');
  const [run] = await ended(made.id);
  expect(run).toMatchObject({ status: 'completed', error: null });
  await until('its message has the emoji', async () =>
    (await customer.messages()).some(({ content }: any) => content?.reactions?.[0]?.text === '👀'),
  );
  const { trace } = await tenant.owner.get(`/automation/${made.id}/runs/${run.id}`);
  expect(trace.map(({ exit }: any) => exit)).toEqual(['done', 'done', 'done', 'done', 'done']);
  const { conversations } = await tenant.owner.get(`/conversations?search=${customer.number}`);
  const { notes } = await tenant.owner.get(`/conversations/${conversations[0].id}/notes`);
  expect(notes.map(({ text, authorId }: any) => [text, authorId])).toEqual([
    ...[
      ['Look at order 1042.', null],
      ['Asked: refund please', null],
    ],
  ]);
  await until('somebody is notified', async () =>
    (await tenant.owner.get('/notifications')).notifications.some(
      ({ body }: any) => body === 'Wati wants money back.',
    ),
  );
  const optOuts = () => tenant.owner.get(`/opt-outs?phone=${customer.number}`);
  expect(await optOuts()).toMatchObject([{ scope: 'all', source: 'automation' }]);
  const again = await make('webhook', {}, [{ type: 'opt_in' }], { settings: { pauseOnHumanReply: false } });
  await tenant.owner.post(`/automation/${again.id}/trigger`, { to: customer.number });
  await ended(again.id);
  expect(await optOuts()).toEqual([]);
  await off(made.id, wrong.id, again.id);
});

test('who waits too long for an answer starts an automation once; who was answered does not', async () => {
  const late = await make('no_reply', { minutes: 30 }, [reply('Sorry, {{name}}: “{{message}}” is read.')]);
  const nudge = await make('no_reply', { minutes: 60, waitingFor: 'person' }, [reply('Still there?')]);
  const [waits, answered] = [await newCustomer(house.sandbox, 'Sari'), await newCustomer(house.sandbox)];
  await waits.sends(profile.phone.number, 'Is it ready?');
  await answered.sends(profile.phone.number, 'And mine?');
  await until('both wait', async () => (await dues()).length === 2);
  await tenant.key.post('/messages/text', { profileId: profile.id, to: answered.number, text: 'Yes.' });
  await until('one waits for us, one we wait for', async () => {
    const found = await dues();
    return found.length === 2 && found.some(({ automation_id }) => automation_id === nudge.id);
  });
  await turn(31);
  await hears(waits, 'Sorry, Sari: “Is it ready?” is read.');
  await ended(late.id);
  expect(await runsOf(late.id)).toHaveLength(1);
  await turn(31);
  await hears(answered, 'Still there?');
  // What it says by itself waits for nobody.
  await ended(nudge.id);
  expect((await dues()).filter(({ automation_id }) => automation_id === nudge.id)).toEqual([]);
  await off(late.id, nudge.id);
  expect(await dues()).toEqual([]);
});

test('a schedule writes to everybody of its audience once a firing, but to nobody who opted out', async () => {
  const people = await Promise.all([1, 2, 3].map(() => newCustomer(house.sandbox)));
  const [first, , third] = people as [Phone, Phone, Phone];
  for (const { number } of people) {
    await tenant.owner.post('/contacts', { profileId: profile.id, phone: number, tags: ['weekly'] });
  }
  const optOuts = () => house.database.database.db.selectFrom('opt_outs').select('id').execute();
  const before = (await optOuts()).length;
  await third.sends(profile.phone.number, 'STOP');
  await until('it is noted', async () => (await optOuts()).length > before);
  const made = await make('schedule', { cron: '0 * * * *', tags: ['weekly'] }, [reply('Fresh at {{time}}')]);
  expect(made.problems).toEqual([]);
  const wrong = await make('schedule', { cron: '* * * * * *', tags: ['a'], to: ['1'] }, [reply('x')]);
  expect(wrong.problems.map(({ path }: any) => path)).toEqual(['/triggerConfig/cron', '/triggerConfig']);
  const next = async () => (await dues()).find(({ automation_id }) => automation_id === made.id);
  const firing = (await next())?.due_at as Date;
  expect(firing.getUTCMinutes()).toBe(0);
  await turn(61);
  const runs = await until('two have it', async () => {
    const found = await runsOf(made.id);
    return found.length === 2 && found.every(({ endedAt }: any) => endedAt) && found;
  });
  expect(new Set(runs.map(({ chatId }: any) => chatId))).toEqual(
    new Set(people.slice(0, 2).map(({ number }) => `${number}@c.us`)),
  );
  await until('the first hears it', async () =>
    (await textsOf(first)).some((text) => text?.startsWith('Fresh')),
  );
  expect((await textsOf(third)).filter((text) => text?.startsWith('Fresh'))).toEqual([]);
  // The same firing, done again after a crash, says nothing twice.
  await turn(1);
  await until('it waits for its next time', async () => {
    const at = (await next())?.due_at;
    return at !== undefined && at.getUTCMinutes() === 0 && at > firing;
  });
  expect(await runsOf(made.id)).toHaveLength(2);
  await off(made.id, wrong.id);
});

test('a flow waits for something to happen to its person, or for so long', async () => {
  const say = (message: string) => ({ actionType: 'reply', config: { message } });
  const wait = {
    actionType: 'wait_event',
    config: { event: 'tag.added', tags: ['paid'], timeoutSeconds: 900 },
  };
  const edges = [
    ['0', '1', 'event'],
    ['0', '2', 'timeout'],
  ] as Edge[];
  const graph = webhookGraph([wait, say('Paid.'), say('Too late.')], edges);
  const flow = await make('webhook', {}, [], { graph });
  const [pays, late] = [await newCustomer(house.sandbox), await newCustomer(house.sandbox)];
  for (const { number } of [pays, late]) {
    await tenant.owner.post(`/automation/${flow.id}/trigger`, { to: number });
  }
  await until('both wait', async () => {
    const runs = await runsOf(flow.id);
    return runs.length === 2 && runs.every(({ waitingFor }: any) => waitingFor === 'event');
  });
  const { id } = await tenant.owner.post('/contacts', { profileId: profile.id, phone: pays.number });
  for (const tag of ['other', 'paid']) await tenant.owner.post(`/contacts/${id}/tags`, { tags: [tag] });
  await hears(pays, 'Paid.');
  expect((await runsOf(flow.id)).filter(({ endedAt }: any) => endedAt)).toHaveLength(1);
  await turn(16);
  // Whatever starts has the server look at what is due by the turned clock.
  await tenant.owner.post(`/automation/${flow.id}/trigger`, { to: pays.number });
  await hears(late, 'Too late.');
  await off(flow.id);
});

test('at most a hundred automations of a profile are started by a regular expression', async () => {
  const first = await make('regex', { pattern: '^none$' }, [reply('x')], { isActive: false });
  const { db } = house.database.database;
  await sql`with more as (
      insert into automations select (jsonb_populate_record(a, jsonb_build_object('id', gen_random_uuid()))).*
      from automations a, generate_series(1, 99) where a.id = ${first.id} returning id, version)
    insert into automation_versions (automation_id, version, program, created_at)
    select m.id, m.version, v.program, v.created_at from more m
      join automation_versions v on v.automation_id = ${first.id}`.execute(db);
  const one = { profileId: profile.id, name: 'One more', actions: [reply('x')] };
  const regex = { triggerType: 'regex', triggerConfig: { pattern: 'x' } };
  const refused = { status: 409, body: { error: { code: 'AUTOMATIONS_FULL' } } };
  expect(await tenant.owner.call('POST', '/automation', { ...one, ...regex })).toMatchObject(refused);
  const plain = await make('keyword', { keywords: ['x'] }, [reply('x')]);
  expect(await tenant.owner.call('PUT', `/automation/${plain.id}`, regex)).toMatchObject(refused);
  await sql`delete from automations where trigger_type = 'regex' and profile_id = ${profile.id}`.execute(db);
  await off(plain.id);
});
