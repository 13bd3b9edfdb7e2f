import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { goodPassword, type Owner, TestDoor } from '../../../../test/door.ts';
import { peopleOf, type TestPeople } from '../testing.ts';

let door: TestDoor;
let people: TestPeople;
let owner: Owner;
let admin: Owner;
let other: Owner;
beforeAll(async () => {
  door = await TestDoor.open();
  people = peopleOf(door);
  owner = await door.register();
  other = await door.register();
  admin = await people.join(owner, { role: 'admin' });
});
afterAll(() => door?.close());
// What a process remembers of a caller is over by then.
beforeEach(() => door.clock.advance(1));

const path = (id: string) => `/organizations/members/${id}`;
const me = (person: Owner) => people.ask(person, 'GET', '/auth/me');
const listed = async (as = owner, query = '') =>
  (await people.ask(as, 'GET', `/organizations/members${query}`)).data;
const entry = async (id: string) => (await listed()).find((one: { id: string }) => one.id === id);
const role = (as: Owner, id: string, body: object) => people.ask(as, 'PUT', `${path(id)}/role`, body);
const makeKey = async (as: Owner) =>
  ({ 'x-api-key': (await people.ask(as, 'POST', '/api-keys', { name: 'k' })).data.key }) as const;
const useKey = (headers: Record<string, string>) => door.ask('GET', '/workspaces', { headers });

test('members and open invitations are listed together, oldest first and page by page', async () => {
  const person = await door.register('Cara');
  const { data: invited } = await people.invite(person);
  const all = await listed(person);
  expect(all).toMatchObject([
    {
      id: person.user.id,
      name: 'Cara',
      email: person.email,
      role: 'owner',
      roleName: 'Owner',
      isActive: true,
      status: 'active',
      lastLoginAt: expect.any(String),
    },
    { id: invited.id, status: 'invited', lastLoginAt: null },
  ]);
  expect(all[0].expiresAt).toBeUndefined();
  expect(await listed(person, '?limit=1&offset=1')).toEqual([all[1]]);
});

test('every role may list the members, and no one sees those of another organisation', async () => {
  const person = await door.register();
  for (const one of ['viewer', 'member', 'admin']) {
    await door.setRole(person.user.id, one);
    expect(await listed(person)).toMatchObject([{ id: person.user.id, role: one }]);
  }
});

describe('a role', () => {
  test('counts on the next request, for sessions and keys alike', async () => {
    const { user, ...person } = await people.join(owner, { role: 'admin' });
    const key = await makeKey({ user, ...person });
    const rename = { headers: key, payload: { name: 'B' } };
    expect((await door.ask('POST', '/workspaces', rename)).status).toBe(201);
    const changed = await role(admin, user.id, { role: 'viewer' });
    expect(changed.data).toMatchObject({ id: user.id, role: 'viewer', roleName: 'Viewer', isActive: true });
    expect((await door.ask('POST', '/workspaces', rename)).code).toBe('PERMISSION_DENIED');
    expect((await people.ask({ user, ...person }, 'POST', '/workspaces', { name: 'C' })).status).toBe(403);
    expect((await people.audit(user.id)).at(-1)).toMatchObject({
      action: 'user.role_change',
      user_id: admin.user.id,
      metadata: { before: { role: 'admin' }, after: { role: 'viewer' } },
    });
  });

  test('of the own kind replaces the system role, and a system role replaces that', async () => {
    const { user } = await people.join(owner);
    const roleId = await people.ownRole(owner, 'Packer', ['org:read']);
    expect((await role(owner, user.id, { roleId })).data).toMatchObject({
      role: 'member',
      roleId,
      roleName: 'Packer',
    });
    expect((await role(owner, user.id, { role: 'operator' })).data.roleName).toBe('Operator');
    expect((await role(owner, user.id, { role: 'admin' })).data.role).toBe('admin');
    const { rows } = await door.house.database.pool.query('select 1 from role_grants where user_id = $1', [
      user.id,
    ]);
    expect(rows).toHaveLength(0);
  });

  test('of an open invitation can be changed, and is what the acceptance gives', async () => {
    const { data: invited } = await people.invite(owner);
    expect((await role(admin, invited.id, { role: 'viewer' })).data).toMatchObject({
      status: 'invited',
      role: 'viewer',
    });
    expect((await people.accept(invited.token)).data.user.role).toBe('viewer');
  });

  test('wider than the caller, of the owner, of oneself, unknown or missing is refused', async () => {
    const { user } = await people.join(owner);
    const wide = await people.ownRole(owner, 'Biller', ['org:billing']);
    expect((await role(admin, user.id, { roleId: wide })).code).toBe('GRANT_TOO_WIDE');
    expect((await role(admin, owner.user.id, { role: 'viewer' })).code).toBe('OWNER_PROTECTED');
    expect((await role(owner, owner.user.id, { role: 'viewer' })).code).toBe('OWNER_PROTECTED');
    expect((await role(admin, admin.user.id, { role: 'viewer' })).code).toBe('CANNOT_REMOVE_SELF');
    expect((await role(admin, admin.user.id.toUpperCase(), { role: 'viewer' })).code).toBe(
      'CANNOT_REMOVE_SELF',
    );
    expect((await role(owner, user.id, { role: 'owner' })).code).toBe('VALIDATION_ERROR');
    expect((await role(owner, user.id, {})).code).toBe('VALIDATION_ERROR');
    expect((await role(owner, user.id, { roleId: user.id })).code).toBe('ROLE_NOT_FOUND');
    expect((await role(owner, user.id, { roleId: (await entry(owner.user.id)).roleId })).code).toBe(
      'VALIDATION_ERROR',
    );
    expect((await entry(user.id)).role).toBe('member');
  });
});

test('people who may do more than the caller are out of reach, also by a role in one place', async () => {
  const wide = await people.ownRole(owner, 'Role keeper', ['org:read', 'role:manage']);
  const keeper = await people.join(owner, { roleId: wide });
  const placed = await people.join(owner);
  const { pool } = door.house.database;
  await pool.query(
    `insert into role_grants (id, organization_id, user_id, role_id, workspace_id, created_at)
     select gen_random_uuid(), $1, $2, $3, id, now() from workspaces where organization_id = $1 limit 1`,
    [owner.user.organizationId, placed.user.id, wide],
  );
  for (const { user } of [keeper, placed]) {
    for (const answer of [
      await role(admin, user.id, { role: 'viewer' }),
      await people.ask(admin, 'PUT', path(user.id), { isActive: false }),
      await people.ask(admin, 'DELETE', path(user.id)),
    ]) {
      expect(answer).toMatchObject({ status: 403, code: 'PERMISSION_DENIED' });
    }
  }
  expect((await people.ask(owner, 'DELETE', path(keeper.user.id))).status).toBe(200);
});

test('disabling ends sessions and keys and unassigns conversations; enabling allows login', async () => {
  const person = await people.join(owner, { role: 'admin' });
  const key = await makeKey(person);
  const conversation = await assignedConversation(person);
  expect((await useKey(key)).status).toBe(200);
  const { data } = await people.ask(admin, 'PUT', path(person.user.id), { isActive: false });
  expect(data).toMatchObject({ isActive: false, status: 'disabled' });
  expect((await me(person)).code).toBe('SESSION_REVOKED');
  expect((await useKey(key)).code).toBe('INVALID_API_KEY');
  const { refreshToken } = person;
  expect((await door.ask('POST', '/auth/refresh', { payload: { refreshToken } })).status).toBe(401);
  expect(await assigneeOf(conversation)).toBeNull();
  const login = () =>
    door.ask('POST', '/auth/login', { payload: { email: person.email, password: goodPassword } });
  expect((await login()).code).toBe('INVALID_CREDENTIALS');
  await people.ask(admin, 'PUT', path(person.user.id), { isActive: true });
  expect((await login()).status).toBe(200);
  expect((await useKey(key)).status).toBe(200);
  expect((await people.audit(person.user.id)).at(-1)).toMatchObject({
    action: 'user.update',
    metadata: { before: { isActive: false }, after: { isActive: true } },
  });
});

test('removing a member ends sessions and keys at once; their conversations are nobody’s', async () => {
  const person = await people.join(owner, { role: 'admin' });
  const key = await makeKey(person);
  const conversation = await assignedConversation(person);
  expect((await me(person)).status).toBe(200);
  expect((await people.ask(admin, 'DELETE', path(person.user.id))).data).toEqual({ success: true });
  expect((await me(person)).code).toBe('SESSION_REVOKED');
  expect((await useKey(key)).code).toBe('INVALID_API_KEY');
  const { refreshToken, email } = person;
  expect((await door.ask('POST', '/auth/refresh', { payload: { refreshToken } })).status).toBe(401);
  const payload = { email, password: goodPassword };
  expect((await door.ask('POST', '/auth/login', { payload })).code).toBe('INVALID_CREDENTIALS');
  expect(await assigneeOf(conversation)).toBeNull();
  expect(await entry(person.user.id)).toBeUndefined();
  expect((await people.audit(person.user.id)).at(-1)).toMatchObject({
    action: 'user.remove',
    user_id: admin.user.id,
    metadata: { before: { role: 'admin' } },
  });
  expect((await people.invite(owner, { email })).status).toBe(201);
});

test('nobody disables themselves or touches the owner; who may do as much may rename anybody', async () => {
  for (const id of [admin.user.id, admin.user.id.toUpperCase()]) {
    expect((await people.ask(admin, 'DELETE', path(id))).code).toBe('CANNOT_REMOVE_SELF');
    expect((await people.ask(admin, 'PUT', path(id), { isActive: false })).code).toBe('CANNOT_REMOVE_SELF');
  }
  expect((await people.ask(owner, 'DELETE', path(owner.user.id))).code).toBe('CANNOT_REMOVE_SELF');
  for (const [method, body] of [['DELETE'], ['PUT', { isActive: false }], ['PUT', { name: 'X' }]] as const) {
    expect((await people.ask(admin, method, path(owner.user.id), body)).code).toBe('OWNER_PROTECTED');
  }
  const renamed = await people.ask(owner, 'PUT', path(admin.user.id), { name: 'Adi' });
  expect(renamed.data.name).toBe('Adi');
  expect(JSON.stringify(await people.audit(admin.user.id))).not.toContain('Adi');
  expect((await people.ask(owner, 'PUT', path(admin.user.id), { name: 'A\nB' })).status).toBe(400);
});

test.each([
  ['PUT', '/role', { role: 'viewer' }],
  ['PUT', '', { isActive: false }],
  ['DELETE', '', undefined],
] as const)(
  '%s …%s on a member of another organisation, an unknown or a malformed id is 404',
  async (method, end, body) => {
    const { data: foreign } = await people.invite(other);
    for (const id of [other.user.id, foreign.id, '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11', 'nonsense']) {
      const answer = await people.ask(owner, method, path(id) + end, body);
      expect(answer).toMatchObject({ status: 404, code: 'MEMBER_NOT_FOUND' });
    }
    expect((await me(other)).status).toBe(200);
  },
);

describe('the ownership', () => {
  const transfer = (as: Owner, userId: string, password = goodPassword) =>
    people.ask(as, 'POST', '/organizations/transfer-ownership', { userId, password });
  const rolesOf = async (as: Owner) =>
    Object.fromEntries((await listed(as)).map((one: { id: string; role: string }) => [one.id, one.role]));

  test('goes to a member in one step, and there is one owner at any moment', async () => {
    const boss = await door.register();
    const roleId = await people.ownRole(boss, 'Baker', ['org:read']);
    const next = await people.join(boss, { roleId });
    const third = await people.join(boss);
    const [one, two] = await Promise.all([transfer(boss, next.user.id), transfer(boss, third.user.id)]);
    expect([one.status, two.status].sort()).toEqual([200, 403]);
    const roles = await rolesOf(boss);
    expect(Object.values(roles).sort()).toEqual(['admin', 'member', 'owner']);
    expect(roles[boss.user.id]).toBe('admin');
    const winner = one.status === 200 ? next : third;
    expect((await transfer(boss, winner.user.id)).code).toBe('PERMISSION_DENIED');
    expect((await transfer(winner, boss.user.id)).status).toBe(200);
    expect((await rolesOf(boss))[winner.user.id]).toBe('admin');
    expect((await people.audit(boss.user.organizationId)).at(-1)).toMatchObject({
      action: 'org.transfer',
      metadata: { before: { ownerId: winner.user.id }, after: { ownerId: boss.user.id } },
    });
  });

  test('stays where it is for a wrong password, a stranger, a disabled member, a key and an admin', async () => {
    const boss = await door.register();
    const member = await people.join(boss);
    expect((await transfer(boss, member.user.id, 'wrong')).code).toBe('PASSWORD_INCORRECT');
    for (const id of [other.user.id, 'nonsense']) {
      expect((await transfer(boss, id)).code).toBe('MEMBER_NOT_FOUND');
    }
    expect((await transfer(boss, boss.user.id)).code).toBe('VALIDATION_ERROR');
    await people.ask(boss, 'PUT', path(member.user.id), { isActive: false });
    expect((await transfer(boss, member.user.id)).code).toBe('VALIDATION_ERROR');
    const answer = await door.ask('POST', '/organizations/transfer-ownership', {
      headers: await makeKey(boss),
      payload: { userId: member.user.id, password: goodPassword },
    });
    expect(answer.code).toBe('PERMISSION_DENIED');
    expect((await transfer(admin, admin.user.id)).code).toBe('PERMISSION_DENIED');
    expect((await rolesOf(boss))[boss.user.id]).toBe('owner');
  });
});

async function assignedConversation({ user }: Owner): Promise<string> {
  const { rows } = await door.house.database.pool.query(
    `with place as (select id, organization_id from workspaces where organization_id = $1 limit 1),
      profile as (insert into profiles (id, organization_id, workspace_id, display_name, engine,
        message_delay_ms, created_at, updated_at)
        select gen_random_uuid(), organization_id, id, 'P', 'sandbox', 0, now(), now() from place returning *)
     insert into conversations (id, organization_id, profile_id, assigned_user_id, chat, type, created_at, updated_at)
     select gen_random_uuid(), organization_id, id, $2, '628123456789@c.us', 'user', now(), now() from profile
     returning id`,
    [user.organizationId, user.id],
  );
  return rows[0].id;
}

async function assigneeOf(conversation: string): Promise<string | null> {
  const { rows } = await door.house.database.pool.query(
    'select assigned_user_id from conversations where id = $1',
    [conversation],
  );
  return rows[0].assigned_user_id;
}
