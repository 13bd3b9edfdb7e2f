import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../../test/house.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomer,
  newTenant,
  type Tenant,
} from '../../../../test/tenant.ts';
import { until } from '../../../../test/until.ts';
import { changesBetween } from '../program/changes.ts';
import type { Definition } from '../program/definition.ts';
import { automationsOf, graphOf, hears, reply } from '../testing.ts';

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

/** As it comes over the wire. */
const plain = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value));

test('a draft changes nothing until it is published, in one act with what it changes in words', async () => {
  const ask = (message: string) => ({ actionType: 'reply', config: { message } });
  const flow = await flowOf('menu', [ask('Bread or cake?')], []);
  const at = `/automation/${flow.id}`;
  expect(await tenant.owner.call('GET', `${at}/draft`)).toMatchObject({
    ...{ status: 404, body: { error: { code: 'AUTOMATION_DRAFT_NOT_FOUND' } } },
  });
  const branch = { actionType: 'branch', config: { cases: [{ conditions: [{ type: 'who knows' }] }] } };
  const unfinished = plain(graphOf('menu', [ask('Bread, cake or tea?'), branch], [['0', '1']]));
  const draft = await tenant.owner.put(`${at}/draft`, { graph: unfinished });
  expect(draft).toMatchObject({ kind: 'flow', version: 1, basedOn: 1, isBehind: false, graph: unfinished });
  expect(draft.changes).toEqual([
    ...['adds the step branch with 1 case', 'changes 1 text', 'leads steps elsewhere'],
  ]);
  expect(draft.problems).toMatchObject([{ path: '/graph/nodes/2/cases/0/conditions/0/type' }]);
  const customer = await newCustomer(house.sandbox);
  await customer.sends(profile.phone.number, 'menu');
  await hears(customer, 'Bread or cake?');
  await ended(flow.id);
  const refused = await tenant.owner.call('POST', `${at}/publish`, {});
  expect(refused).toMatchObject({ status: 400, body: { error: { details: draft.problems } } });
  const graph = plain(graphOf('menu', [ask('Bread, cake or tea?')], []));
  await tenant.owner.put(`${at}/draft`, { graph });
  const trial = (draft: boolean) => tenant.owner.post(`${at}/test`, { message: 'menu', draft });
  const said = async (isDraft: boolean) => (await trial(isDraft)).trace[0].effects[0].fields.text;
  expect([await said(false), await said(true)]).toEqual(['Bread or cake?', 'Bread, cake or tea?']);
  const published = await tenant.owner.post(`${at}/publish`, { note: 'Tea, too.' });
  expect(published).toMatchObject({ version: 2, isActive: true, graph });
  expect(await tenant.owner.call('GET', `${at}/draft`)).toMatchObject({ status: 404 });
  await customer.sends(profile.phone.number, 'menu');
  await hears(customer, 'Bread, cake or tea?');
  const { id: me } = await tenant.owner.get('/auth/me');
  const versions = await tenant.owner.get(`${at}/versions`);
  expect(versions).toMatchObject([
    { version: 2, isPublished: true, note: 'Tea, too.', changes: ['changes 1 text'], publishedBy: me },
    { version: 1, isPublished: false, note: null, changes: [] },
  ]);
  const { logs } = await tenant.owner.get('/audit/logs?action=automation.publish');
  expect(logs).toHaveLength(1);
});

test('an earlier version becomes a draft; what was published meanwhile is not overwritten unseen', async () => {
  const made = await rule('open', [reply('From 7.')]);
  const at = `/automation/${made.id}`;
  await tenant.owner.put(at, { actions: [reply('From 8.')] });
  const first = await tenant.owner.get(`${at}/versions/1`);
  expect(first).toMatchObject({ version: 1, actions: [reply('From 7.')], isPublished: false });
  expect(await tenant.owner.post(`${at}/versions/1/restore`)).toMatchObject({
    ...{ basedOn: 2, actions: [reply('From 7.')], changes: ['changes 1 text'] },
  });
  await tenant.owner.put(at, { actions: [reply('From 9.')] });
  expect(await tenant.owner.get(`${at}/draft`)).toMatchObject({ isBehind: true, version: 3, basedOn: 2 });
  const behind = await tenant.owner.call('POST', `${at}/publish`, {});
  expect(behind).toMatchObject({ status: 409, body: { error: { code: 'AUTOMATION_CHANGED' } } });
  expect(await tenant.owner.post(`${at}/publish`, { baseVersion: 3 })).toMatchObject({
    ...{ version: 4, actions: [reply('From 7.')] },
  });
  await tenant.owner.put(`${at}/draft`, { conditions: [{ type: 'not_group' }] });
  expect(await tenant.owner.delete(`${at}/draft`)).toEqual({ success: true });
  expect(await tenant.owner.call('DELETE', `${at}/draft`)).toMatchObject({ status: 404 });
  expect(await tenant.owner.call('GET', `${at}/versions/99`)).toMatchObject({ status: 404 });
});

test('a run keeps the version it began with while another is published', async () => {
  const made = await rule('slow', [{ type: 'delay', seconds: 3_600 }, reply('As it was.')]);
  const customer = await newCustomer(house.sandbox);
  await customer.sends(profile.phone.number, 'slow');
  await until('it waits', async () => (await runsOf(made.id))[0]?.waitingFor === 'time');
  await tenant.owner.put(`/automation/${made.id}/draft`, { actions: [reply('As it is.')] });
  await tenant.owner.post(`/automation/${made.id}/publish`, {});
  house.clock.advance({ minutes: 61 });
  // Whatever starts has the server look at what is due by the turned clock.
  const probe = await rule('probe', [reply('probe')], { triggerType: 'webhook' });
  await tenant.owner.post(`/automation/${probe.id}/trigger`, { to: customer.number });
  await hears(customer, 'As it was.');
});

test('an automation can be looked at before it is kept: what is wrong, and what it takes', async () => {
  const body = {
    ...{ profileId: profile.id, triggerType: 'regex', triggerConfig: { pattern: '(' } },
    actions: [reply('Hi'), { type: 'webhook', url: 'http://10.0.0.1/' }],
  };
  const found = await tenant.owner.post('/automation/validate', body);
  expect(found).toMatchObject({ kind: 'rule', needs: ['message:send', 'webhook:manage'] });
  expect(found.problems).toMatchObject([{ path: '/triggerConfig/pattern' }]);
  const fine = { profileId: profile.id, graph: graphOf('x', [{ actionType: 'end' }], []) };
  expect(await tenant.owner.post('/automation/validate', fine)).toEqual({
    kind: 'flow',
    problems: [],
    needs: [],
  });
});

test('changes are told in words: triggers, steps, ways, conditions and settings', () => {
  const before: Definition = {
    ...{ kind: 'flow', triggerType: 'all', triggerConfig: {}, conditions: [], actions: [], settings: {} },
    graph: graphOf(
      'price',
      [{ actionType: 'reply', config: { message: 'Three euros.' } }, { actionType: 'end' }],
      [['0', '1']],
    ),
  };
  const after: Definition = {
    ...before,
    ...{ conditions: [{ type: 'not_group' }], settings: { groups: true, onBusy: 'queue' } },
    graph: graphOf(
      'cost',
      [{ actionType: 'reply', config: { message: 'Four.' } }, { actionType: 'handoff' }],
      [['0', '1', 'error']],
    ),
  };
  expect(changesBetween(before, before)).toEqual([]);
  expect(changesBetween(before, after)).toEqual([
    ...['changes the trigger keyword “cost”', 'makes of the step end handoff', 'changes 1 text'],
    ...['leads steps elsewhere', 'changes its conditions: 1 condition instead of 0'],
    'changes the settings groups, onBusy',
  ]);
});
