import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newNumber,
  newTenant,
  type Tenant,
} from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';
import { agreesWithNetwork, eventsOf, groupAtNetwork, network } from './testing.ts';

let house: House;
let tenant: Tenant;
let profile: ConnectedProfile;

beforeAll(async () => {
  house = await openHouse();
  tenant = await newTenant(house.api);
  profile = await connectedProfile(tenant, house.sandbox);
});
afterAll(() => house?.close());

const own = () => profile.phone.number;
const list = (query = ''): Promise<any[]> => tenant.key.get(`/groups/profile/${profile.id}${query}`);
const numbers = (count: number) => Array.from({ length: count }, newNumber);
const make = (admin: string, subject: string, members: string[]) =>
  house.sandbox.group(admin, subject, members);
async function all(count: number) {
  const found: any[] = [];
  let cursor: string | null = null;
  await until('all groups are known', async () => {
    found.length = 0;
    do {
      const page = await tenant.key.call(
        'GET',
        `/groups/profile/${profile.id}?limit=40${cursor ? `&cursor=${cursor}` : ''}`,
      );
      found.push(...page.data);
      cursor = page.headers.get('x-next-cursor');
    } while (cursor);
    return found.length === count;
  });
  return found;
}

test('a hundred groups that change while the profile is away are right once it is back', async () => {
  const [admin = '', other = '', late = ''] = numbers(3);
  const groups: string[] = [];
  for (let n = 0; n < 100; n++) groups.push(await make(admin, `Group ${n}`, [own(), other]));
  await all(100);
  await profile.disconnect();
  const known = await list('?limit=200');
  expect(known).toHaveLength(100);
  expect(known.every(({ fetchedAt, name }) => Date.parse(fetchedAt) > 0 && /^Group \d+$/.test(name))).toBe(
    true,
  );
  for (const [n, group] of groups.entries()) {
    await house.sandbox.changeGroup(group, { by: admin, subject: `Changed ${n}`, announcement: n % 2 === 0 });
    const [action, who] = n < 10 ? ['remove', own()] : n < 50 ? ['add', late] : ['remove', other];
    await house.sandbox.changeMembers(group, { by: admin, action, numbers: [who] });
  }
  const added = await make(admin, 'New', [own()]);
  await profile.connect();
  await until('all is as it is at the network', async () => {
    const now = await list('?limit=200');
    return now.length === 91 && now.every(({ name }) => name === 'New' || name.startsWith('Changed'));
  });
  for (const group of [groups[10], groups[60], added]) {
    await agreesWithNetwork(tenant.key, house.sandbox, profile.id, group ?? '');
  }
  const gone = await until('it is told', async () => {
    const told = await eventsOf(tenant.key, groups[0] ?? '', 'group.left');
    return told.length > 0 && told;
  });
  expect(gone).toHaveLength(1);
  const changed = await eventsOf(tenant.key, groups[60] ?? '', 'group.members.changed');
  expect(changed.map(({ data }) => [data.action, data.participants])).toEqual([
    ['removed', [`${other}@c.us`]],
  ]);
  expect(await eventsOf(tenant.key, added, 'group.joined')).toHaveLength(1);
});

test('groups that a profile has when it is linked are no news', async () => {
  const phone = house.sandbox.phone(newNumber());
  await phone.named('Bakery');
  const [admin = '', other = ''] = numbers(2);
  const group = await house.sandbox.group(admin, 'Old', [phone.number, other]);
  const second = await connectedProfile(tenant, house.sandbox, {}, phone);
  const ours = await agreesWithNetwork(tenant.key, house.sandbox, second.id, group);
  expect(ours.participants.map(({ id }: any) => id).toSorted()).toEqual(
    [admin, other, phone.number].map((number) => `${number}@c.us`).toSorted(),
  );
  expect((await eventsOf(tenant.key, group)).filter(({ data }) => data.profileId === second.id)).toEqual([]);
});

test('at the node that has not the profile everything is answered and done the same', async () => {
  const node = await house.anotherNode();
  const there = node.api.as(tenant.credentials);
  /** While a profile goes over to another node it is not connected, and nothing is done. */
  const asked = (method: string, path: string, body?: object) =>
    until('the profile is there', async () => {
      const answer = await there.call(method, path, body);
      return answer.body.error?.code !== 'PROFILE_NOT_CONNECTED' && answer;
    });
  const people = numbers(2);
  for (const number of people) await house.sandbox.phone(number).named('Customer');
  const body = { profileId: profile.id, name: 'From elsewhere', participants: people };
  const made = await asked('POST', '/groups', body);
  expect([made.status, made.data.participantsCount]).toEqual([201, 3]);
  const { id } = made.data;
  const path = `/groups/${encodeURIComponent(id)}`;
  const removed = await asked('POST', `${path}/participants/remove`, {
    ...{ profileId: profile.id, participants: [people[0]] },
  });
  expect(removed.data).toMatchObject({ removed: [people[0]], results: [{ status: 200 }] });
  const { link } = (await asked('GET', `${path}/invite-link?profileId=${profile.id}`)).data;
  expect(link).toContain((await groupAtNetwork(house.sandbox, id)).invite);
  const refused = await asked('GET', `/groups/invite/NobodyEverHadThisCode0?profileId=${profile.id}`);
  expect([refused.status, refused.body.error.code]).toEqual([410, 'INVITE_NOT_VALID']);
  await agreesWithNetwork(there, house.sandbox, profile.id, id);
  const left = await house.database.database.db.selectFrom('node_questions').selectAll().execute();
  expect(left).toEqual([]);
});

test('not connected, a profile shows its groups and refuses to act, on every node', async () => {
  const [admin = ''] = numbers(1);
  const group = await make(admin, 'Asleep', [own()]);
  await until('it is known', async () => (await list('?search=asleep')).length === 1);
  await profile.disconnect();
  const path = `/groups/${encodeURIComponent(group)}`;
  const shown = await tenant.key.get(`${path}?profileId=${profile.id}`);
  expect(shown).toMatchObject({ name: 'Asleep', participantsCount: 2 });
  for (const [method, address, body] of [
    ['PATCH', path, { name: 'Awake' }],
    ['POST', '/groups', { name: 'New', participants: [admin] }],
    ['POST', `${path}/leave?profileId=${profile.id}`, undefined],
    ['GET', `${path}?profileId=${profile.id}&refresh=true`, undefined],
  ] as const) {
    const answer = await tenant.key.call(method, address, body && { profileId: profile.id, ...body });
    expect([address, answer.status, answer.body.error?.code]).toEqual([
      address,
      409,
      'PROFILE_NOT_CONNECTED',
    ]);
  }
  expect((await groupAtNetwork(house.sandbox, group)).subject).toBe('Asleep');
  await profile.connect();
});

test('large groups are taken in while the server answers, and are whole', async () => {
  const phone = house.sandbox.phone(newNumber());
  await phone.named('Bakery');
  const [admin = '', ...members] = numbers(1_001);
  const groups: string[] = [];
  for (let n = 0; n < 10; n++) {
    groups.push(await make(admin, `Large ${n}`, [phone.number, ...members.slice(0, 1_000)]));
  }
  const large = await connectedProfile(tenant, house.sandbox, {}, phone);
  let answers = 0;
  await until('all members are stored', async () => {
    expect((await house.api.call('GET', '/health')).status).toBe(200);
    answers += 1;
    const found = await tenant.key.get(`/groups/profile/${large.id}`);
    return found.length === 10 && found.every((one: any) => one.participantsCount === 1_002);
  });
  expect(answers).toBeGreaterThan(0);
  const ours = await agreesWithNetwork(tenant.key, house.sandbox, large.id, groups[3] ?? '');
  expect(ours.participants).toHaveLength(1_002);
  const path = `/groups/${encodeURIComponent(groups[3] ?? '')}/participants?profileId=${large.id}`;
  const pages = await Promise.all(
    [0, 200, 1_000].map((offset) => tenant.key.get(`${path}&limit=200&offset=${offset}`)),
  );
  expect(pages.map((one: any[]) => one.length)).toEqual([200, 200, 2]);
  expect(pages[0][0]).toMatchObject({ phone: admin, isSuperAdmin: true });
  const half = members.slice(0, 300);
  await network(house.sandbox, 'POST', `/groups/${groups[3]}/participants`, {
    ...{ by: admin, action: 'remove', numbers: half },
  });
  await agreesWithNetwork(tenant.key, house.sandbox, large.id, groups[3] ?? '');
});
