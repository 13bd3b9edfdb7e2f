import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Owner, TestDoor } from '../../../test/door.ts';
import { peopleOf, type TestPeople } from './testing.ts';

let door: TestDoor;
let people: TestPeople;
let owner: Owner;
beforeAll(async () => {
  door = await TestDoor.open();
  people = peopleOf(door);
  owner = await door.register();
});
afterAll(() => door?.close());

const put = (payload: object) => people.ask(owner, 'PUT', '/organizations/current', payload);

test('an organisation is changed field by field, its settings as a whole', async () => {
  const { status, data } = await put({ name: ' New Bakery ', settings: { a: 1, b: 2 }, plan: 'enterprise' });
  expect(status).toBe(200);
  expect(data).toMatchObject({ name: 'New Bakery', settings: { a: 1, b: 2 }, plan: 'free' });
  expect(data.workspaces).toBeUndefined();
  const next = await put({ name: '', settings: { b: 3 } });
  expect(next.data).toMatchObject({ name: 'New Bakery', settings: { b: 3 } });
  const current = await people.ask(owner, 'GET', '/organizations/current');
  expect(current.data).toMatchObject({ ...next.data, workspaces: [{ slug: 'default' }] });
  for (const wrong of [{ name: null }, { settings: null }, { settings: 'x' }]) {
    expect((await put(wrong)).code).toBe('VALIDATION_ERROR');
  }
});

test('how long messages are kept is a whole number of days, or null for ever', async () => {
  for (const messageRetentionDays of [0, -1, 1.5, '30', 40_000]) {
    const { status, body } = await put({ settings: { messageRetentionDays } });
    expect(status).toBe(400);
    expect(body.error.details).toMatchObject([{ path: '/settings/messageRetentionDays' }]);
  }
  for (const messageRetentionDays of [30, null]) {
    const { data } = await put({ settings: { messageRetentionDays, a: 1 } });
    expect(data.settings).toEqual({ messageRetentionDays, a: 1 });
  }
});

test('the time zone of an organisation is one of the IANA names, or null', async () => {
  for (const timeZone of ['Asia/Nowhere', '+07:00', '']) {
    expect((await put({ settings: { timeZone } })).body.error.details).toMatchObject([
      { path: '/settings/timeZone' },
    ]);
  }
  for (const timeZone of ['Asia/Jakarta', null]) {
    expect((await put({ settings: { timeZone } })).status).toBe(200);
  }
});

test('the default country is two letters of a country, in any case, or none', async () => {
  expect((await put({ defaultCountry: 'de' })).data.defaultCountry).toBe('DE');
  expect((await put({ defaultCountry: '' })).data.defaultCountry).toBe('DE');
  for (const defaultCountry of ['XX', 'Germany', 7]) {
    const { status, body } = await put({ defaultCountry });
    expect(status).toBe(400);
    expect(body.error.details).toMatchObject([{ path: '/defaultCountry' }]);
  }
  expect((await put({ defaultCountry: null })).data.defaultCountry).toBeNull();
});

test('changes are audited by names of fields and the country, without what was written', async () => {
  const person = await door.register();
  const before = (await people.audit(person.user.organizationId)).length;
  await people.ask(person, 'PUT', '/organizations/current', {
    name: 'Secret Bakery',
    settings: { hours: 'canary' },
    defaultCountry: 'FR',
  });
  const rows = (await people.audit(person.user.organizationId)).slice(before);
  expect(rows).toEqual([
    {
      action: 'org.update',
      user_id: person.user.id,
      metadata: {
        fields: ['name', 'settings', 'defaultCountry'],
        before: { defaultCountry: null },
        after: { defaultCountry: 'FR' },
      },
    },
  ]);
});

test('only who may update the organisation changes it', async () => {
  const person = await door.register();
  for (const role of ['viewer', 'member']) {
    await door.setRole(person.user.id, role);
    const answer = await people.ask(person, 'PUT', '/organizations/current', { name: 'Mine' });
    expect(answer.code).toBe('PERMISSION_DENIED');
  }
});
