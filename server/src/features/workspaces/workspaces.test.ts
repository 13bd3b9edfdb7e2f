import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Owner, TestDoor } from '../../../test/door.ts';

let door: TestDoor;
let owner: Owner;
let other: Owner;
beforeAll(async () => {
  door = await TestDoor.open();
  owner = await door.register();
  other = await door.register();
});
afterAll(() => door?.close());

const ask = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, payload?: object, as = owner) =>
  door.ask(method, path, { headers: as.bearer, ...(payload && { payload }) });
const create = (payload: object, as = owner) => ask('POST', '/workspaces', payload, as);
const auditOf = async (id: string) => {
  const { rows } = await door.house.database.pool.query(
    'select action, user_id, metadata from audit_logs where resource_id = $1 order by occurred_at, id',
    [id],
  );
  return rows;
};

test('a workspace is made with a slug of its own from its name', async () => {
  const { status, data } = await create({ name: ' Café Bandung! ', description: '', slug: null });
  expect(status).toBe(201);
  expect(data).toMatchObject({ name: 'Café Bandung!', description: null, settings: {} });
  expect(data.organizationId).toBe(owner.user.organizationId);
  expect(data.slug).toMatch(/^cafe-bandung-[0-9a-f]{6}$/);
  const twin = await create({ name: 'Café Bandung!' });
  expect(twin.data.slug).not.toBe(data.slug);
  expect((await create({ name: 'مخبز' })).data.slug).toMatch(/^workspace-[0-9a-f]{6}$/);
  expect(await auditOf(data.id)).toMatchObject([{ action: 'workspace.create', user_id: owner.user.id }]);
});

test('a slug is taken within its organisation and nowhere else, for two who ask at once as well', async () => {
  const payload = { name: 'Branch', slug: 'Branch One' };
  const answers = await Promise.all([create(payload), create(payload)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  expect(answers.find(({ status }) => status === 409)?.code).toBe('SLUG_TAKEN');
  expect((await create(payload, other)).data.slug).toBe('branch-one');
});

test('a missing, empty or blank name and a slug without letters are refused with their place', async () => {
  for (const payload of [{}, { name: '' }, { name: ' ' }, { name: null }]) {
    const { status, body } = await create(payload);
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code: 'VALIDATION_ERROR', details: [{ path: '/name' }] });
  }
  const { body } = await create({ name: 'A', slug: '***' });
  expect(body.error.details).toMatchObject([{ path: '/slug' }]);
});

test('a change keeps what is absent or empty, null clears what may be empty, and the slug stays', async () => {
  const { data } = await create({ name: 'Shop', description: 'Phones', settings: { a: 1 } });
  const put = (payload: object) => ask('PUT', `/workspaces/${data.id}`, payload);
  expect((await put({ name: '', description: '', slug: 'new' })).data).toMatchObject({
    name: 'Shop',
    description: 'Phones',
    slug: data.slug,
  });
  expect((await put({ name: 'Store', description: null, settings: { b: 2 } })).data).toMatchObject({
    name: 'Store',
    description: null,
    settings: { b: 2 },
  });
  expect((await put({ name: null })).status).toBe(400);
  const told = JSON.stringify(await auditOf(data.id));
  expect(told).toContain('workspace.update');
  expect(told).not.toContain('Store');
});

test('deleting a workspace takes all in it along, but the last one stays, also for two at once', async () => {
  const person = await door.register();
  const [first] = (await ask('GET', '/workspaces', undefined, person)).data;
  expect((await ask('DELETE', `/workspaces/${first.id}`, undefined, person)).code).toBe('WORKSPACE_NEEDED');
  const { data: second } = await create({ name: 'Second' }, person);
  await ask('POST', '/accounts', { name: 'Inside', workspaceId: second.id }, person);
  const answers = await Promise.all(
    [first, second].map(({ id }) => ask('DELETE', `/workspaces/${id}`, undefined, person)),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  const { data: left } = await ask('GET', '/workspaces', undefined, person);
  expect(left).toHaveLength(1);
  const { data: accounts } = await ask('GET', '/accounts', undefined, person);
  for (const account of accounts) expect(account.workspaceId).toBe(left[0].id);
});

test('lists are bounded and keep their order', async () => {
  const { data: all } = await ask('GET', '/workspaces');
  const { data: middle } = await ask('GET', '/workspaces?limit=2&offset=1');
  expect(middle).toEqual(all.slice(1, 3));
  expect((await ask('GET', '/workspaces?limit=0')).data).toHaveLength(1);
});

test.each(['GET', 'PUT', 'DELETE'] as const)(
  '%s on a foreign, unknown or malformed workspace id is 404 and changes nothing',
  async (method) => {
    const [foreign] = (await ask('GET', '/workspaces', undefined, other)).data;
    await create({ name: 'So that it is not the last' }, other);
    for (const id of [foreign.id, '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11', 'nonsense']) {
      const answer = await ask(method, `/workspaces/${id}`, method === 'PUT' ? { name: 'Mine' } : undefined);
      expect(answer).toMatchObject({ status: 404, code: 'WORKSPACE_NOT_FOUND' });
    }
    expect((await ask('GET', `/workspaces/${foreign.id}`, undefined, other)).data.name).toBe(foreign.name);
  },
);

test('a viewer and a member change no workspace', async () => {
  const person = await door.register();
  const [own] = (await ask('GET', '/workspaces', undefined, person)).data;
  await create({ name: 'Another' }, person);
  for (const role of ['viewer', 'member']) {
    await door.setRole(person.user.id, role);
    expect((await ask('GET', '/workspaces', undefined, person)).data).toHaveLength(2);
    expect((await create({ name: 'A' }, person)).code).toBe('PERMISSION_DENIED');
    expect((await ask('PUT', `/workspaces/${own.id}`, { name: 'B' }, person)).code).toBe('PERMISSION_DENIED');
    expect((await ask('DELETE', `/workspaces/${own.id}`, undefined, person)).code).toBe('PERMISSION_DENIED');
  }
});

test('who may see one workspace only finds that one, everywhere, and changes it where allowed', async () => {
  const person = await door.register();
  const [hidden] = (await ask('GET', '/workspaces', undefined, person)).data;
  const { data: shown } = await create({ name: 'Shown' }, person);
  const { pool } = door.house.database;
  const roleOf = async (name: string, permissions: string[], workspaceId: string | null) => {
    const { rows } = await pool.query(
      `insert into roles (id, organization_id, name, permissions, created_at, updated_at)
       values (gen_random_uuid(), $1, $2, $3, now(), now()) returning id`,
      [person.user.organizationId, name, permissions],
    );
    await pool.query(
      `insert into role_grants (id, organization_id, user_id, role_id, workspace_id, created_at)
       values (gen_random_uuid(), $1, $2, $3, $4, now())`,
      [person.user.organizationId, person.user.id, rows[0].id, workspaceId],
    );
  };
  await roleOf('Nothing', ['org:read'], null);
  await roleOf('Lead', ['workspace:read', 'workspace:update', 'workspace:delete'], shown.id);
  await door.setRole(person.user.id, 'member');
  const { data } = await ask('GET', '/workspaces', undefined, person);
  expect(data.map(({ id }: { id: string }) => id)).toEqual([shown.id]);
  const current = await ask('GET', '/organizations/current', undefined, person);
  expect(current.data.workspaces.map(({ id }: { id: string }) => id)).toEqual([shown.id]);
  expect((await ask('PUT', `/workspaces/${shown.id}`, { name: 'Led' }, person)).data.name).toBe('Led');
  for (const method of ['GET', 'PUT'] as const) {
    const answer = await ask(method, `/workspaces/${hidden.id}`, method === 'PUT' ? {} : undefined, person);
    expect(answer.code).toBe('WORKSPACE_NOT_FOUND');
  }
  expect((await ask('DELETE', `/workspaces/${shown.id}`, undefined, person)).code).toBe('PERMISSION_DENIED');
});
