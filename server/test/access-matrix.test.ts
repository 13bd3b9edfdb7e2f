import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from './client.ts';
import { documentedRoutes } from './documented.ts';
import { type House, openHouse } from './house.ts';
import { newTenant } from './tenant.ts';

const unknown = '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c12';
/** Ends the caller's own session, so it is asked last. */
const isEnding = (address: string) => Number(address.endsWith('/logout'));
const routes = documentedRoutes().sort((a, b) => isEnding(a.address) - isEnding(b.address));

/** What the committed table says: access and, for each role, whether it may. */
const declared = readTable();

let house: House;
const people: Record<string, Client> = {};
beforeAll(async () => {
  house = await openHouse();
  for (const role of ['viewer', 'member', 'admin']) people[role] = await person(role);
});
afterAll(() => house?.close());

/** Somebody of another organisation whose role was changed: what counts is the role, not whose things there are. */
async function person(role: string): Promise<Client> {
  const own = await newTenant(house.api);
  const { id } = await own.owner.get('/auth/me');
  const { db } = house.database.database;
  await db.updateTable('users').set({ role }).where('id', '=', id).execute();
  // What a node remembers of somebody is under a second old.
  house.clock.advance({ seconds: 1 });
  return own.owner;
}

function readTable(): Map<string, { access: string; roles: Record<string, boolean> }> {
  const text = readFileSync(new URL('../../docs/access.md', import.meta.url), 'utf8');
  const [, table = ''] = text.split('## Routes');
  const rows = table.split('\n').filter((line) => line.startsWith('|'));
  const cells = (line: string) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', ''));
  const [, , ...names] = cells(rows[0] ?? '');
  return new Map(
    rows.slice(2).map((line) => {
      const [route = '', access = '', ...marks] = cells(line);
      return [
        route,
        { access, roles: Object.fromEntries(names.map((role, at) => [role, marks[at] === 'yes'])) },
      ];
    }),
  );
}

type Verdict = 'open' | 'unauthenticated' | 'refused';

/** Asks every route with ids that nobody has and an empty body, and says how the door took it. */
async function walk(caller: Client): Promise<Record<string, Verdict>> {
  const verdicts: Record<string, Verdict> = {};
  for (const route of routes) {
    const address = route.address.replaceAll(/\{\w+\}/g, unknown);
    const body = route.method === 'GET' || route.fields.length === 0 ? undefined : {};
    const { status, body: answer } = await caller.call(route.method, address, body);
    const code = answer?.error?.code;
    const verdict = status === 401 ? 'unauthenticated' : code === 'PERMISSION_DENIED' ? 'refused' : 'open';
    verdicts[`${route.method} ${route.address.replace('/api/v1', '')}`] = verdict;
  }
  return verdicts;
}

const expected = (verdictOf: (access: string, roles: Record<string, boolean>) => Verdict) =>
  Object.fromEntries(
    [...declared].map(([route, { access, roles }]) => [
      route,
      access === 'public' ? 'open' : verdictOf(access, roles),
    ]),
  );
/** Public routes check credentials of another kind, and say 401 to an empty body or a wrong password. */
const withoutPublic = (verdicts: Record<string, Verdict>) =>
  Object.fromEntries(
    Object.entries(verdicts).map(([route, verdict]) => [
      route,
      declared.get(route)?.access === 'public' ? 'open' : verdict,
    ]),
  );

test('the table of access names every route there is, and as public those that ask for nothing', () => {
  const nameOf = ({ method, address }: (typeof routes)[number]) =>
    `${method} ${address.replace('/api/v1', '')}`;
  expect([...declared.keys()].sort()).toEqual(routes.map(nameOf).sort());
  // That the others answer 401 without credentials is a matter of routes.test.ts, as strangers with an id are.
  const open = [...declared].filter(([, { access }]) => access === 'public').map(([route]) => route);
  expect(open.sort()).toEqual(
    routes
      .filter(({ isPublic }) => isPublic)
      .map(nameOf)
      .sort(),
  );
});

test.each(['viewer', 'member', 'admin'])(
  'on every route the role %s may what the table says',
  async (role) => {
    const verdicts = await walk(people[role] as Client);
    expect(withoutPublic(verdicts)).toEqual(expected((_access, roles) => (roles[role] ? 'open' : 'refused')));
  },
);

test('an owner may call every route', async () => {
  const owner = (await newTenant(house.api)).owner;
  expect(withoutPublic(await walk(owner))).toEqual(expected(() => 'open'));
});

test('a key opens what its scopes allow; a revoked and an expired one open nothing', async () => {
  const { owner } = await newTenant(house.api);
  const make = async (body: object) => {
    const { id, key } = await owner.post('/api-keys', { name: 'k', permissions: ['message:send'], ...body });
    return { id, client: house.api.as({ 'x-api-key': key }) };
  };
  const [sender, revoked, expired] = [await make({}), await make({}), await make({ expiresInDays: 1 })];
  expect(withoutPublic(await walk(sender.client))).toEqual(
    expected((access) => (['signed-in', 'message:send'].includes(access) ? 'open' : 'refused')),
  );
  await owner.delete(`/api-keys/${revoked.id}`);
  expect(withoutPublic(await walk(revoked.client))).toEqual(expected(() => 'unauthenticated'));
  house.clock.advance({ days: 2 });
  expect(withoutPublic(await walk(expired.client))).toEqual(expected(() => 'unauthenticated'));
});
