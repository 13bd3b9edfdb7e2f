import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
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
import { createVault } from '../../platform/crypto.ts';
import { createStepHeaders } from './step-headers.ts';
import { automationsOf, graphOf } from './testing.ts';

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
const { rule, flowOf, runsOf, ended } = automationsOf(() => ({ tenant, profile }));

const token = 'Bearer nightingale-4711';
const mask = '********4711';
const told = (headers: unknown, url = sink.url) => ({ type: 'webhook', url, headers });

/** What a call is sent when somebody says the word. */
async function sentFor(word: string) {
  const caught = sink.next();
  const customer = await newCustomer(house.sandbox);
  await customer.sends(profile.phone.number, word);
  return (await caught).headers;
}

/** Every table that holds a text anywhere in a row. */
async function tablesWith(text: string): Promise<string[]> {
  const { db } = house.database.database;
  const { rows } = await sql<{ name: string }>`
    select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`.execute(db);
  const found: string[] = [];
  for (const { name } of rows) {
    const { rows: holding } = await sql`
      select 1 from ${sql.raw(name)} t where t::text like ${`%${text}%`} limit 1`.execute(db);
    if (holding.length > 0) found.push(name);
  }
  return found;
}

test('headers of a webhook step go with its call; what is ours stays ours', async () => {
  const made = await rule('call', [told({ Authorization: token, 'Idempotency-Key': 'mine', Accept: 'a/b' })]);
  expect(made).toMatchObject({ isActive: true, problems: [] });
  const headers = await sentFor('call');
  const [run] = await ended(made.id);
  expect(headers).toMatchObject({ authorization: token, accept: 'a/b', 'content-type': 'application/json' });
  expect(headers['idempotency-key']).toBe(`${run.id}-0`);
});

test('their values are in no answer, event, audit log, version, draft, export, trace or table', async () => {
  const made = await rule('hidden', [told({ 'X-Key': token, 'X-Short': 'wren-77' })]);
  const at = `/automation/${made.id}`;
  await tenant.owner.put(at, { actions: [told({ 'X-Key': `${token}8`, 'X-Short': 'wren-77' })] });
  await tenant.owner.put(`${at}/draft`, { actions: [told({ 'X-Key': `${token}9` })] });
  await sentFor('hidden');
  const [run] = await ended(made.id);
  const answers = [
    made,
    await tenant.owner.get(at),
    await tenant.owner.get(`/automation?profileId=${profile.id}`),
    await tenant.owner.post(`${at}/test`, { message: 'hidden' }),
    await tenant.owner.post(`${at}/test`, { message: 'hidden', draft: true, live: true }),
    await tenant.owner.get(`${at}/draft`),
    await tenant.owner.get(`${at}/versions/1`),
    await tenant.owner.get(`${at}/runs/${run.id}`),
    await tenant.owner.post(`${at}/versions/1/restore`),
    await tenant.owner.post(`${at}/publish`, {}),
    await tenant.owner.get(`${at}/versions`),
    await tenant.owner.get('/events?after=0&limit=200'),
    await tenant.owner.get('/audit/logs'),
    (await tenant.owner.call('GET', '/account/export')).body,
  ];
  expect(answers[0].actions[0].headers).toEqual({ 'X-Key': mask, 'X-Short': '********' });
  for (const answer of answers) expect(JSON.stringify(answer)).not.toMatch(/nightingale|wren-77|sealed/);
  expect(answers.at(-1).automations.find(({ id }: any) => id === made.id).actions).toMatchObject([
    { headers: { 'X-Key': '********', 'X-Short': '********' } },
  ]);
  expect(await tablesWith('nightingale')).toEqual([]);
  expect(await tablesWith('wren-77')).toEqual([]);
  expect(await tablesWith('X-Short')).toContain('public.automations');
});

test('a mask sent back keeps the value; a changed one is told as a change, without its value', async () => {
  const made = await rule('kept', [told({ 'x-key': token })]);
  const at = `/automation/${made.id}`;
  const { actions } = await tenant.owner.get(at);
  expect(await tenant.owner.put(at, { actions, priority: 3 })).toMatchObject({ version: 1, actions });
  const given = [{ ...actions[0], headers: { 'x-key': token } }];
  expect(await tenant.owner.put(at, { actions: given })).toMatchObject({ version: 1 });
  const moved = [
    { type: 'reply', message: 'Wait.' },
    { ...actions[0], url: `${sink.url}/there` },
  ];
  expect((await tenant.owner.put(at, { actions: actions.concat(moved) })).actions[2].headers).toEqual({
    'x-key': mask,
  });
  await tenant.owner.put(at, { actions });
  expect((await sentFor('kept'))['x-key']).toBe(token);
  const draft = await tenant.owner.put(`${at}/draft`, { actions: [told({ 'x-key': `${token}2` })] });
  expect(draft.changes).toEqual([`changes the step webhook “${sink.url}”`]);
  expect(await tenant.owner.put(`${at}/draft`, { actions: draft.actions })).toMatchObject({
    ...{ changes: draft.changes, actions: [{ headers: { 'x-key': '********7112' } }] },
  });
  await tenant.owner.post(`${at}/publish`, {});
  expect((await sentFor('kept'))['x-key']).toBe(`${token}2`);
  const back = await tenant.owner.post(`${at}/versions/1/restore`);
  expect(back.actions).toEqual(actions);
  await tenant.owner.post(`${at}/publish`, {});
  expect((await sentFor('kept'))['x-key']).toBe(token);
});

test('a mask is no value: not of another header, another automation, or another server', async () => {
  const made = await rule('masked', [told({ 'x-key': token })]);
  const refused = async (method: string, path: string, body: object) => {
    const { status, body: answer } = await tenant.owner.call(method, path, body);
    return [status, answer.error?.details?.map(({ path: where }: any) => where)];
  };
  const at = `/automation/${made.id}`;
  const steps = [told({ 'x-other': mask, 'x-key': mask }), told({ 'x-key': mask }, 'https://example.org/')];
  const wrong = [400, ['/actions/0/headers/x-other', '/actions/1/headers/x-key']];
  expect(await refused('PUT', at, { actions: steps })).toEqual(wrong);
  expect(await refused('PUT', `${at}/draft`, { actions: steps })).toEqual(wrong);
  const again = {
    ...{ profileId: profile.id, name: 'Copy', triggerType: 'all', triggerConfig: {} },
    actions: made.actions,
  };
  expect(await refused('POST', '/automation', again)).toEqual([400, ['/actions/0/headers/x-key']]);
  const { rows } = await sql<{ stored: unknown }>`
    select actions->0->'headers'->'x-key' as stored from automations where id = ${made.id}`.execute(
    house.database.database.db,
  );
  const copied = { actions: [told({ 'x-key': rows[0]?.stored })] };
  expect(await refused('PUT', at, copied)).toEqual([400, ['/actions/0/headers']]);
  expect((await tenant.owner.get(at)).actions).toEqual(made.actions);
});

test('what is no header is refused with every problem, and kept switched off until it is one', async () => {
  const headers = {
    ...{ Host: 'a', 'Content-Type': 'b', 'X-MultiWA-Event': 'c', 'webhook-id': 'd', 'no name': 'e' },
    ...{ 'x-line': 'a\nb', 'x-long': 'x'.repeat(4_097), 'x-fine': 'f' },
  };
  const paths = Object.keys(headers)
    .slice(0, -1)
    .map((name) => `/actions/0/headers/${name}`);
  const asked = {
    ...{ profileId: profile.id, name: 'Wrong', triggerType: 'all', triggerConfig: {} },
    actions: [told(headers)],
  };
  const refused = await tenant.owner.call('POST', '/automation', { ...asked, isActive: true });
  expect([refused.status, refused.body.error.details.map(({ path }: any) => path)]).toEqual([400, paths]);
  const looked = await tenant.owner.post('/automation/validate', asked);
  expect(looked.problems).toEqual(refused.body.error.details);
  const kept = await tenant.owner.post('/automation', asked);
  expect(kept).toMatchObject({ isActive: false, problems: looked.problems });
  const toggled = await tenant.owner.call('PUT', `/automation/${kept.id}/toggle`);
  expect(toggled.status).toBe(400);
  // In the order of the database.
  expect(toggled.body.error.details).toHaveLength(paths.length);
  expect(toggled.body.error.details).toEqual(expect.arrayContaining(looked.problems));
  const many = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`x-${index}`, 'a']));
  const full = await tenant.owner.post('/automation/validate', { ...asked, actions: [told(many)] });
  expect(full.problems).toEqual([{ path: '/actions/0/headers', problem: 'must hold at most 20 headers' }]);
  for (const none of ['x-key: a', ['x-key'], { 'x-key': 5 }, { 'x-key': { sealed: 'YQ==' } }]) {
    const problem = { path: '/actions/0/headers', problem: 'must be texts by their names' };
    const strange = { ...asked, actions: [told(none)] };
    expect((await tenant.owner.post('/automation/validate', strange)).problems).toEqual([problem]);
    const answer = await tenant.owner.call('POST', '/automation', strange);
    expect([answer.status, answer.body.error.details]).toEqual([400, [problem]]);
  }
});

test('a node of a flow sends them too; a trial names them, and sends them only when it is live', async () => {
  const node = (headers: unknown) => ({ actionType: 'webhook', config: { url: sink.url, headers } });
  const flow = await flowOf('node', [node({ 'x-key': token })], []);
  expect(flow).toMatchObject({ kind: 'flow', isActive: true });
  expect(flow.graph.nodes[1].data.config.headers).toEqual({ 'x-key': mask });
  expect(await tenant.owner.put(`/automation/${flow.id}`, { graph: flow.graph })).toMatchObject({
    version: 1,
  });
  expect((await sentFor('node'))['x-key']).toBe(token);
  const at = `/automation/${flow.id}`;
  const trial = await tenant.owner.post(`${at}/test`, { message: 'node' });
  expect(trial.trace[0].effects).toEqual([{ do: 'call', url: sink.url, method: 'POST', headers: ['x-key'] }]);
  const live = sink.next();
  await tenant.owner.post(`${at.toUpperCase().replace('/AUTOMATION', '/automation')}/test`, {
    ...{ message: 'node', live: true },
  });
  expect((await live).headers['x-key']).toBe(token);
  const wrong = graphOf('node', [node({ host: 'a' })], []);
  const { problems } = await tenant.owner.put(`${at}/draft`, { graph: wrong });
  expect(problems.map(({ path }: any) => path)).toEqual(['/graph/nodes/1/headers/host']);
});

test('headers kept in clear by an older version are encrypted at the next start, and sent then', async () => {
  const { db } = house.database.database;
  const made = await rule('older', [{ type: 'webhook', config: { url: sink.url } }]);
  const plain = { 'x-key': token, 'Content-Type': 'application/json', 'x-number': 5 };
  const actions = [{ type: 'webhook', config: { url: sink.url, headers: plain } }];
  const text = JSON.stringify(actions);
  const graph = JSON.stringify(
    graphOf('older', [{ actionType: 'webhook', url: sink.url, headers: plain }], []),
  );
  const program = JSON.stringify({ url: sink.url, headers: plain });
  await sql`update automations set actions = ${text}::jsonb,
    draft = jsonb_build_object('kind', 'flow', 'actions', '[]'::jsonb, 'graph', ${graph}::jsonb) where id = ${made.id}`.execute(
    db,
  );
  await sql`update automation_versions set definition = jsonb_set(definition, '{actions}', ${text}::jsonb),
    program = jsonb_set(program, '{nodes,0,config}', ${program}::jsonb) where automation_id = ${made.id}`.execute(
    db,
  );
  await house.anotherNode();
  expect(await tablesWith('nightingale')).toEqual([]);
  const [sent] = [await sentFor('older'), await ended(made.id)];
  expect(sent).toMatchObject({ 'x-key': token, 'content-type': 'application/json' });
  const at = `/automation/${made.id}`;
  const after = await tenant.owner.get(at);
  expect(after).toMatchObject({ version: 1, actions: [{ config: { headers: { 'x-key': mask } } }] });
  expect(Object.keys(after.actions[0].config.headers)).toEqual(['x-key']);
  // The version and what is published stay the same: to bring it back changes nothing.
  await tenant.owner.delete(`${at}/draft`);
  expect((await tenant.owner.post(`${at}/versions/1/restore`)).changes).toEqual([]);
  expect(await runsOf(made.id)).toHaveLength(1);
});

test('a value that is encrypted for one automation opens in no other, and under no other name', () => {
  const headers = createStepHeaders(createVault(randomBytes(32)));
  const { actions } = headers.sealed('one', {
    actions: [{ type: 'webhook', url: 'a', headers: { a: 'secret' } }],
  });
  const stored = actions[0]?.headers as Record<string, unknown>;
  expect(headers.open('one', stored)).toEqual({ a: 'secret' });
  expect(() => headers.open('two', stored)).toThrow();
  expect(() => headers.open('one', { b: stored.a })).toThrow();
});

test('masks follow their steps when these change places, also where several look the same', () => {
  const headers = createStepHeaders(createVault(randomBytes(32)));
  const step = (path: string, value: string) => ({
    ...{ type: 'webhook', url: `https://example.org/${path}`, headers: { key: value } },
  });
  const stored = headers.sealed('a', { actions: [step('one', 'first'), step('two', 'second')] });
  const [one, two] = headers.masked('a', stored).actions;
  const after = headers.sealed('a', { actions: [{ type: 'end' }, two, one] as object[] as any[] }, [stored]);
  const values = after.actions.slice(1).map((action) => headers.open('a', action.headers));
  expect(values).toEqual([{ key: 'second' }, { key: 'first' }]);
});
