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
import { automationsOf, hears, reply, textsOf } from './testing.ts';

let house: House;
let tenant: Tenant;
let profile: ConnectedProfile;

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  profile = await connectedProfile(tenant, house.sandbox);
});
afterAll(() => house?.close());
const { rule, flowOf, runsOf, ended } = automationsOf(() => ({ tenant, profile }));
const off = (id: string) => tenant.owner.delete(`/automation/${id}`);

/** What was sent automatically by a profile, oldest first. */
const automaticOf = (profileId: string) =>
  house.database.database.db
    .selectFrom('messages')
    .select(['conversation_id', 'content'])
    .where('profile_id', '=', profileId)
    .where('origin_kind', '=', 'automation')
    .orderBy('seq')
    .execute();

test('two profiles that answer each other fall silent; giving the chat back revives the answers', async () => {
  const other = await connectedProfile(tenant, house.sandbox);
  const all = (profileId: string) =>
    tenant.owner.post('/automation', {
      ...{ profileId, name: 'All', triggerType: 'all', triggerConfig: {} },
      // Never the same words twice.
      ...{ actions: [reply('{{message}}!')], settings: { allowOwn: true } },
    });
  const [here, there] = [await all(profile.id), await all(other.id)];
  await tenant.key.post('/messages/text', { profileId: other.id, to: profile.phone.number, text: 'Hi' });
  const loops = async () =>
    (await tenant.key.get('/events?after=0&limit=200&event=automation.loop')).events as { data: any }[];
  const [loop] = await until('one of them falls silent', async () => {
    const found = await loops();
    return found.length > 0 && found;
  });
  await until('nothing is under way', async () => {
    const runs = [...(await runsOf(here.id)), ...(await runsOf(there.id))];
    return runs.every(({ endedAt }: any) => endedAt);
  });
  const said = (await automaticOf(profile.id)).length + (await automaticOf(other.id)).length;
  // As many as may be said at once on either side, on the slowest machine.
  expect(said).toBeLessThanOrEqual(20);
  expect(loop?.data.reason).toMatch(/faster than a person can type|in a short time/);
  const silent =
    loop?.data.profileId === profile.id ? { one: profile, two: other } : { one: other, two: profile };
  const before = await automaticOf(silent.one.id);
  const handling = `/conversations/${before.at(-1)?.conversation_id}/handling`;
  expect(await tenant.owner.get(handling)).toMatchObject({
    handling: 'bot',
    silentUntil: expect.any(String),
  });
  await off(loop?.data.profileId === profile.id ? there.id : here.id);
  const ask = (text: string) =>
    tenant.key.post('/messages/text', { profileId: silent.two.id, to: silent.one.phone.number, text });
  await ask('Silent?');
  const probe = await newCustomer(house.sandbox);
  await probe.sends(silent.one.phone.number, 'Somebody else');
  await hears(probe, 'Somebody else!');
  expect((await automaticOf(silent.one.id)).map(({ content }) => content.text)).not.toContain('Silent?!');
  await tenant.owner.put(handling, { handling: 'bot' });
  expect(await tenant.owner.get(handling)).toMatchObject({ handling: 'bot', silentUntil: null });
  await ask('And now?');
  await until('it is answered again', async () =>
    (await automaticOf(silent.one.id)).some(({ content }) => content.text === 'And now?!'),
  );
  const { notifications } = await tenant.owner.get('/notifications');
  expect(notifications.some(({ body }: any) => body.startsWith('Nothing automatic is said to'))).toBe(true);
  await off(here.id).catch(() => undefined);
  await off(there.id).catch(() => undefined);
});

test('members are given conversations in turn; who may not have one is passed over', async () => {
  const { id: me } = await tenant.owner.get('/auth/me');
  const members: string[] = [me];
  for (const name of ['a', 'b']) {
    const email = `${name}-${profile.id}@example.org`;
    const invited = await tenant.owner.post('/organizations/members', {
      ...{ email, name, role: 'admin', delivery: 'link' },
    });
    const body = { token: invited.token, password: `${tenant.password} too` };
    members.push((await house.api.post('/auth/invitations/accept', body)).user.id);
  }
  const [, second, third] = members as [string, string, string];
  const stranger = await rule('q', [{ type: 'assign_agent', assignedUserIds: [me, profile.id] }]);
  expect(stranger.problems).toMatchObject([{ path: '/actions/0/assignedUserIds' }]);
  const made = await rule('whose', [
    { type: 'assign_agent', assignedUserIds: [me, second, third] },
    reply('Done'),
  ]);
  expect(made.problems).toEqual([]);
  const given: string[] = [];
  for (let n = 0; n < 5; n++) {
    if (n === 3) await tenant.owner.delete(`/organizations/members/${second}`);
    const customer = await newCustomer(house.sandbox);
    await customer.sends(profile.phone.number, 'whose?');
    await hears(customer, 'Done');
    const [run] = await ended(made.id, n + 1);
    const { trace } = await tenant.owner.get(`/automation/${made.id}/runs/${run.id}`);
    given.push(trace[0].result.assignedUserId);
  }
  expect(given).toEqual([me, second, third, me, third]);
  await off(stranger.id);
  await off(made.id);
});

test('a run that is not over in time expires with where it stood; its own waits do not count', async () => {
  const wait = (more: object) => [
    { actionType: 'reply', config: { message: 'Well?' } },
    { actionType: 'wait_reply', config: { timeoutSeconds: 86_400 * 20, ...more } },
    { actionType: 'reply', config: { message: 'Too late.' } },
  ];
  const edges = [
    ['0', '1'],
    ['1', '2', 'timeout'],
  ] as [string, string, string?][];
  const short = await flowOf('short', wait({}), edges, { settings: { expiresAfterDays: 2 } });
  expect(short.problems).toEqual([
    { path: '/graph/nodes/2', problem: 'waits longer than its runs may last: 2 days' },
  ]);
  await off(short.id);
  const days = await flowOf('days', wait({ timeoutSeconds: 86_400 }), edges, {
    settings: { expiresAfterDays: 2 },
  });
  const long = await flowOf('long', wait({}), edges);
  const [one, two] = [await newCustomer(house.sandbox), await newCustomer(house.sandbox)];
  await one.sends(profile.phone.number, 'days');
  await two.sends(profile.phone.number, 'long');
  await Promise.all([hears(one, 'Well?'), hears(two, 'Well?')]);
  const waits = (id: string) => until('it waits', async () => (await runsOf(id))[0]?.waitingFor === 'reply');
  await Promise.all([waits(days.id), waits(long.id)]);
  const lastsDays = ({ startedAt, expiresAt }: any) =>
    (Date.parse(expiresAt) - Date.parse(startedAt)) / 86_400_000;
  expect([lastsDays((await runsOf(days.id))[0]), lastsDays((await runsOf(long.id))[0])]).toEqual([2, 50]);
  // As if it had been started two days ago.
  const { db } = house.database.database;
  const now = new Date();
  await db
    .updateTable('automation_runs')
    .set({ expires_at: now, wake_at: now })
    .where('automation_id', '=', days.id)
    .execute();
  const probe = await rule('probe', [reply('probe')], { settings: { debounceSeconds: 1 } });
  await one.sends(profile.phone.number, 'probe');
  const [run] = await ended(days.id);
  expect(run).toMatchObject({ status: 'expired', error: expect.stringContaining('waiting for reply at 1') });
  expect(await textsOf(one)).not.toContain('Too late.');
  expect(await tenant.owner.get(`/automation/${days.id}/stats`)).toMatchObject({
    runs: { expired: 1, live: 0 },
  });
  for (const { id } of [days, long, probe]) await off(id);
});

test('closing a conversation gives it back; a run under way can be ended by hand', async () => {
  const made = await rule('again', [reply('automatic'), { type: 'delay', seconds: 3_600 }]);
  const customer = await newCustomer(house.sandbox);
  const { conversationId } = await tenant.owner.post('/messages/text', {
    ...{ profileId: profile.id, to: customer.number, text: 'A person here.' },
  });
  const handling = () => tenant.owner.get(`/conversations/${conversationId}/handling`);
  await until('a person has it', async () => (await handling()).handling === 'person');
  await tenant.owner.put(`/conversations/${conversationId}/status`, { status: 'closed' });
  await until('it is given back', async () => (await handling()).handling === 'bot');
  await customer.sends(profile.phone.number, 'again');
  await hears(customer, 'automatic');
  const run = await until('it waits', async () => {
    const [found] = await runsOf(made.id);
    return found?.waitingFor === 'time' && found;
  });
  const cancel = () => tenant.owner.post(`/automation/${made.id}/runs/${run.id}/cancel`);
  expect(await cancel()).toMatchObject({ status: 'cancelled', error: 'Somebody ended it.', wakeAt: null });
  expect(await cancel()).toMatchObject({ status: 'cancelled' });
  const stranger = await tenant.owner.call('POST', `/automation/${made.id}/runs/${profile.id}/cancel`);
  expect(stranger).toMatchObject({ status: 404 });
  await off(made.id);
});

test('a flow for every message answers what nothing else does, unless it is to run always', async () => {
  const forAll = (message: string, data: object) =>
    tenant.owner.post('/automation', {
      ...{ profileId: profile.id, name: message, triggerType: 'all', triggerConfig: {}, actions: [] },
      graph: {
        nodes: [
          { id: 't', type: 'trigger', data: { triggerType: 'all', ...data } },
          { id: '0', type: 'action', data: { actionType: 'reply', config: { message } } },
        ],
        edges: [{ id: 'e', source: 't', target: '0' }],
      },
      priority: -5,
    });
  const rest = await forAll('The rest', {});
  const known = await rule('known', [reply('Known')]);
  const customer = await newCustomer(house.sandbox);
  await customer.sends(profile.phone.number, 'known');
  await hears(customer, 'Known');
  await customer.sends(profile.phone.number, 'strange');
  await hears(customer, 'The rest');
  expect(await textsOf(customer)).toEqual(['Known', 'The rest']);
  await off(rest.id);
  const always = await forAll('Always', { always: true });
  await customer.sends(profile.phone.number, 'known');
  await hears(customer, 'Always');
  await until('both have answered', async () => (await textsOf(customer)).length === 4);
  for (const { id } of [known, always]) await off(id);
});
