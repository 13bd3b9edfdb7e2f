import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Owner, TestDoor } from '../../../test/door.ts';
import { auditActions } from '../../platform/audit/actions.ts';
import type { AuditEntry } from '../../platform/audit/record.ts';
import { colleague } from '../rbac/testing.ts';
import { newcomer, write } from './testing.ts';

let door: TestDoor;
let owner: Owner;
let other: Owner;
let ben: Owner;
let by: { organizationId: string; userId: string; origin: { ipAddress: string; userAgent: string } };
const resource = { type: 'profile', id: randomUUID() };
const dayMs = 86_400_000;

beforeAll(async () => {
  door = await TestDoor.open();
  [owner, other] = [await newcomer(door), await newcomer(door)];
  ben = await colleague(door, owner);
  by = {
    organizationId: owner.user.organizationId,
    userId: owner.user.id,
    origin: { ipAddress: '203.0.113.7', userAgent: 'test' },
  };
  const entries: AuditEntry[] = [
    { action: 'profile.create', resource, after: { engine: 'sandbox' } },
    { action: 'profile.update', resource },
    { action: 'auth.login_failed', resource: { type: 'user', id: owner.user.id }, outcome: 'failed' },
    { action: 'auth.login', resource: { type: 'user', id: owner.user.id } },
  ];
  await write(door, by, entries);
  await write(door, { ...by, userId: ben.user.id }, [
    { action: 'apikey.create', resource: { type: 'api-key', id: 'k' } },
  ]);
  await write(door, { organizationId: other.user.organizationId, userId: other.user.id }, [
    { action: 'profile.delete', resource },
  ]);
  await write(door, { organizationId: null, userId: null }, [
    { action: 'auth.login_failed', resource: { type: 'user', id: null }, outcome: 'failed' },
  ]);
});
afterAll(() => door?.close());

const get = (path: string, headers: Record<string, string> = owner.bearer) =>
  door.ask('GET', `/audit${path}`, { headers });
const found = async (query: string): Promise<string[]> =>
  (await get(`/logs${query}`)).data.logs.map(({ action }: { action: string }) => action);

test('the log shows who did what from where, newest first, and only of the own organization', async () => {
  const { status, data } = await get('/logs');
  expect(status).toBe(200);
  expect(data.logs.map(({ action }: { action: string }) => action)).toEqual([
    'apikey.create',
    'auth.login',
    'auth.login_failed',
    'profile.update',
    'profile.create',
  ]);
  expect(data).toMatchObject({ total: 5, limit: 50, offset: 0, nextCursor: null });
  expect(data.logs.at(-1)).toEqual({
    id: expect.any(String),
    action: 'profile.create',
    userId: owner.user.id,
    organizationId: owner.user.organizationId,
    resourceType: 'profile',
    resourceId: resource.id,
    outcome: 'success',
    metadata: { after: { engine: 'sandbox' } },
    ip: '203.0.113.7',
    userAgent: 'test',
    timestamp: expect.stringMatching(/Z$/),
    apiKeyId: null,
    user: { id: owner.user.id, name: 'Ana', email: owner.email },
  });
  expect(await found(`?userId=${other.user.id}`)).toEqual([]);
});

test('the list is narrowed by person, action or its beginning, resource and outcome', async () => {
  expect(await found('?action=auth.')).toEqual(['auth.login', 'auth.login_failed']);
  expect(await found('?action=profile.update')).toEqual(['profile.update']);
  expect(await found('?action=auth_login')).toEqual([]);
  expect(await found('?action=%25')).toEqual([]);
  expect(await found('?outcome=failed')).toEqual(['auth.login_failed']);
  expect(await found(`?userId=${ben.user.id}`)).toEqual(['apikey.create']);
  expect(await found('?userId=nonsense')).toEqual([]);
  expect(await found(`?resourceType=profile&resourceId=${resource.id}`)).toEqual([
    'profile.update',
    'profile.create',
  ]);
  expect(await found('?action=&userId=&outcome=&startDate=&cursor=')).toHaveLength(5);
  expect((await get('/logs?action=auth.&limit=1')).data).toMatchObject({ total: 2, limit: 1, logs: [{}] });
});

test('dates are moments or whole days of UTC; what is no date is named', async () => {
  const { logs } = (await get('/logs')).data;
  const at = (index: number): string => logs[index].timestamp;
  const newest = new Date(at(0));
  expect(await found(`?startDate=${at(1)}&endDate=${at(1)}`)).toEqual(['auth.login']);
  expect(await found(`?endDate=${at(3)}`)).toEqual(['profile.update', 'profile.create']);
  const local = new Date(newest.getTime() + 7 * 3_600_000).toISOString().replace('Z', '+07:00');
  expect(await found(`?startDate=${local}`)).toEqual(['apikey.create']);
  expect(await found(`?endDate=${at(0).slice(0, 10)}&startDate=2020-01-01`)).toHaveLength(5);
  expect(await found(`?startDate=${new Date(newest.getTime() + dayMs).toISOString().slice(0, 10)}`)).toEqual(
    [],
  );

  for (const far of ['1900-01-01', '9999-12-31', '9999-12-31T23:59:59.999-11:00']) {
    expect((await get(`/logs?startDate=1900-01-01&endDate=${far}`)).status).toBe(200);
    expect((await get(`/logs?startDate=${far}`)).status).toBe(200);
  }
  for (const wrong of ['yesterday', '2026-02-31', '2026-13-01', '1', '2026-02-01T99:00:00Z', '0000-01-01']) {
    const answer = await get(`/logs?startDate=${wrong}&endDate=${wrong}`);
    const details = answer.body.error?.details?.map(({ path }: { path: string }) => path);
    expect([wrong, answer.status, details]).toEqual([wrong, 400, ['/startDate', '/endDate']]);
  }
  expect((await get('/logs?outcome=perhaps')).body.error.details).toMatchObject([{ path: '/outcome' }]);
});

test('pages by cursor show every entry once, also those of one moment and while new ones arrive', async () => {
  const person = await newcomer(door);
  const here = { organizationId: person.user.organizationId, userId: person.user.id };
  const { db } = door.house.database;
  const now = door.clock.now();
  const ids = Array.from({ length: 23 }, () => randomUUID());
  const row = {
    organization_id: here.organizationId,
    user_id: here.userId,
    action: 'auth.login',
    resource_type: 'user',
    outcome: 'success',
  };
  await db
    .insertInto('audit_logs')
    .values(ids.map((id) => ({ ...row, id, occurred_at: now })))
    .execute();
  const seen: string[] = [];
  let cursor = '';
  do {
    const { data } = await get(`/logs?limit=5&cursor=${cursor}`, person.bearer);
    seen.push(...data.logs.map(({ id }: { id: string }) => id));
    cursor = data.nextCursor ?? '';
    door.clock.advance(1);
    await write(door, here, [{ action: 'auth.logout', resource: { type: 'user', id: null } }]);
  } while (cursor !== '');
  expect(seen).toHaveLength(23);
  expect([...seen].sort()).toEqual([...ids].sort());

  const byOffset = await get('/logs?limit=3&offset=2', person.bearer);
  expect(byOffset.data).toMatchObject({ limit: 3, offset: 2, total: 28 });
  expect((await get('/logs?limit=100000', person.bearer)).data.limit).toBe(200);
  const forged = (...values: unknown[]) => Buffer.from(JSON.stringify(values)).toString('base64url');
  for (const wrong of ['x', forged(1, 2), forged('2026-01-01', 'x'), forged('no date', randomUUID())]) {
    expect((await get(`/logs?cursor=${wrong}`, person.bearer)).body.error).toMatchObject({
      code: 'VALIDATION_ERROR',
      details: [{ path: '/cursor' }],
    });
  }
});

test('an entry outlives the person it tells of', async () => {
  const gone = await colleague(door, other);
  const { organizationId } = other.user;
  await write(door, { organizationId, userId: gone.user.id }, [{ action: 'profile.connect', resource }]);
  await door.house.database.db.deleteFrom('users').where('id', '=', gone.user.id).execute();
  const { data } = await get(`/logs?userId=${gone.user.id}`, other.bearer);
  expect(data.logs).toMatchObject([{ userId: gone.user.id, user: null }]);
});

describe('the summary', () => {
  test('counts by action, category and day, with every day of the period', async () => {
    const person = await newcomer(door);
    const here = { organizationId: person.user.organizationId, userId: person.user.id };
    const today = new Date(Math.floor(door.clock.now().getTime() / dayMs) * dayMs);
    const day = (ago: number, hours = 12) => new Date(today.getTime() - ago * dayMs + hours * 3_600_000);
    const row = {
      organization_id: here.organizationId,
      user_id: here.userId,
      resource_type: 'user',
      outcome: 'success',
    };
    const { db } = door.house.database;
    const put = (action: string, occurred_at: Date) =>
      db
        .insertInto('audit_logs')
        .values({ ...row, id: randomUUID(), action, occurred_at })
        .execute();
    for (const at of [day(0, 0), day(2), day(2, 23.99), day(3)]) await put('auth.login', at);
    await put('auth.logout', day(2, 0));
    await put('profile.create', day(2));
    const { data } = await get('/summary?days=3', person.bearer);
    expect(data).toEqual({
      byAction: [
        { action: 'auth.login', count: 3 },
        { action: 'auth.logout', count: 1 },
        { action: 'profile.create', count: 1 },
      ],
      byCategory: { auth: 4, profile: 1 },
      daily: [
        { date: day(0, 0).toISOString(), count: 1 },
        { date: day(1, 0).toISOString(), count: 0 },
        { date: day(2, 0).toISOString(), count: 4 },
      ],
      totalLogs: 5,
    });
  });

  test.each([
    ['', 30],
    ['?days=0', 1],
    ['?days=-5', 1],
    ['?days=100000', 366],
  ])('asked with "%s" covers %i days', async (query, days) => {
    expect((await get(`/summary${query}`)).data.daily).toHaveLength(days);
  });

  test('asked with days that are no number is refused with the place', async () => {
    expect((await get('/summary?days=soon')).body.error.details).toMatchObject([{ path: '/days' }]);
  });
});

test('the catalogue names every action with the key clients know it by', async () => {
  const { data } = await get('/actions');
  expect(data).toHaveLength(auditActions.length);
  expect(data).toContainEqual({ key: 'LOGIN_FAILED', action: 'auth.login_failed', category: 'auth' });
  expect(data).toContainEqual({ key: 'APIKEY_REVOKE', action: 'apikey.revoke', category: 'apikey' });
  expect(new Set(data.map(({ key }: { key: string }) => key)).size).toBe(data.length);
});

test('the log is shown to admins and keys with audit:read, not to members, viewers, other keys', async () => {
  const key = async (permission: string) => {
    const payload = { name: 'k', permissions: [permission] };
    const { data } = await door.ask('POST', '/api-keys', { headers: owner.bearer, payload });
    return { 'x-api-key': data.key };
  };
  const callers: [Record<string, string>, number][] = [
    [(await colleague(door, owner, 'member')).bearer, 403],
    [(await colleague(door, owner, 'viewer')).bearer, 403],
    [await key('message:send'), 403],
    [(await colleague(door, owner, 'admin')).bearer, 200],
    [await key('audit:read'), 200],
    [{}, 401],
  ];
  for (const [headers, status] of callers) {
    for (const path of ['/logs', '/summary', '/actions'])
      expect((await get(path, headers)).status).toBe(status);
    if (status === 200) continue;
    const refused = await door.ask('POST', '/audit/export', { headers, payload: {} });
    expect(refused.status).toBe(status);
  }
});

test('nobody changes or deletes an entry: not by any route, and not in the database', async () => {
  const { pool } = door.house.database;
  const rows = async () => (await pool.query('select * from audit_logs order by id')).rows;
  const before = await rows();
  const [{ id }] = before;
  for (const method of ['PUT', 'PATCH', 'DELETE', 'POST'] as const) {
    for (const path of ['/audit/logs', `/audit/logs/${id}`, '/audit', `/audit/${id}`]) {
      const answer = await door.ask(method, path, {
        headers: owner.bearer,
        payload: { action: 'auth.logout' },
      });
      expect([method, path, [404, 405].includes(answer.status)]).toEqual([method, path, true]);
    }
  }
  for (const statement of ["update audit_logs set action = 'auth.logout'", 'delete from audit_logs']) {
    await expect(pool.query(statement)).rejects.toThrow('append-only');
  }
  const erasing = "select set_config('multiwa.erasing', 'on', true)";
  for (const statement of ['truncate audit_logs', 'truncate organizations cascade']) {
    await expect(pool.query(statement)).rejects.toThrow('append-only');
    await expect(pool.query(`${erasing}; ${statement}`)).rejects.toThrow('append-only');
  }
  // What was refused before is noted a moment later, behind these.
  expect((await rows()).filter((row) => before.some((entry) => entry.id === row.id))).toEqual(before);
});
