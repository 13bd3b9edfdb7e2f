import { randomUUID } from 'node:crypto';
import { request as ask } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Owner, TestDoor } from '../../../test/door.ts';
import { until } from '../../../test/until.ts';
import { createAuditStore } from './audit.store.ts';
import { streamLog } from './export.ts';
import { newcomer, write } from './testing.ts';

let door: TestDoor;
let owner: Owner;
let large: Owner;
const rows = 1300;

beforeAll(async () => {
  door = await TestDoor.open();
  owner = await newcomer(door, '=HYPERLINK("http://evil")');
  large = await newcomer(door);
  const here = { organizationId: owner.user.organizationId, userId: owner.user.id };
  const origin = { ipAddress: '203.0.113.7', userAgent: '+SUM(1,2)' };
  await write(door, { ...here, origin }, [
    { action: 'profile.create', resource: { type: '@cmd', id: '-1\nnext' } },
    { action: 'auth.login', resource: { type: 'user', id: '\tx' }, details: { note: 'a "quoted", one' } },
  ]);
  await door.house.database.pool.query(
    `insert into audit_logs (id, organization_id, action, user_id, resource_type, metadata, occurred_at)
     select gen_random_uuid(), $1, 'auth.login', $2, 'user', jsonb_build_object('n', n),
       date_trunc('second', $3::timestamptz) - n / 7 * interval '1 second'
     from generate_series(1, ${rows}) n`,
    [large.user.organizationId, large.user.id, new Date(door.clock.now().getTime() - 60_000)],
  );
});
afterAll(() => door?.close());

const download = (payload: object, as = owner) =>
  door.app.inject({ method: 'POST', url: '/api/v1/audit/export', headers: as.bearer, payload });

test('an export is a file: an attachment of its type, never in an envelope', async () => {
  const csv = await download({});
  const json = await download({ format: 'json' });
  expect([csv.statusCode, json.statusCode]).toEqual([200, 200]);
  expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
  expect(json.headers['content-type']).toBe('application/json; charset=utf-8');
  expect(csv.headers['content-disposition']).toMatch(/^attachment; filename="audit-\d{4}-\d\d-\d\d\.csv"$/);
  expect(json.headers['content-disposition']).toMatch(/\.json"$/);
  for (const { headers } of [csv, json]) expect(headers['x-content-type-options']).toBe('nosniff');
  expect(Array.isArray(json.json())).toBe(true);
  expect(csv.payload).toMatch(/^timestamp,action,outcome,/);
});

test('no cell of an exported table begins like a formula', async () => {
  const { payload } = await download({ filters: { action: 'profile.' } });
  expect(payload).toContain(`"'=HYPERLINK(""http://evil"")"`);
  for (const cell of [`"'+SUM(1,2)"`, "'@cmd", `"'-1\nnext"`]) expect(payload).toContain(cell);
  const quoted = await download({ filters: { action: 'auth.login' } });
  expect(quoted.payload).toContain(`'\tx`);
  expect(quoted.payload).toContain('"{""note"":""a \\""quoted\\"", one""}"');
});

test('an export is narrowed like the list, names what is wrong, and is an entry of the log', async () => {
  door.clock.advance(1);
  const before = door.clock.now();
  const filters = { action: 'auth.', userId: null, outcome: '' };
  const { payload } = await download({ format: 'json', filters });
  expect(JSON.parse(payload)).toMatchObject([{ action: 'auth.login', user: { email: owner.email } }]);
  const none = await download({ format: 'json', filters: { action: 'nothing' } });
  expect(none.json()).toEqual([]);
  const emptyTable = await download({ filters: { action: 'nothing' } });
  expect(emptyTable.payload.trim().split('\r\n')).toHaveLength(1);

  const wrong = await download({ filters: { startDate: 'soon', endDate: 5 } });
  expect(wrong.statusCode).toBe(400);
  const dates = await download({ filters: { startDate: 'soon', endDate: 'later' } });
  expect(dates.json().error.details).toMatchObject([
    { path: '/filters/startDate' },
    { path: '/filters/endDate' },
  ]);
  expect((await download({ format: 'xlsx' })).json().error.details).toMatchObject([{ path: '/format' }]);

  const { data } = await door.ask(
    'GET',
    `/audit/logs?action=audit.export&startDate=${before.toISOString()}`,
    {
      headers: owner.bearer,
    },
  );
  expect(data.logs).toHaveLength(3);
  expect(data.logs.at(-1)).toMatchObject({
    userId: owner.user.id,
    metadata: { format: 'json', filters: ['action'] },
  });
});

test('an export of many pages holds every entry once, newest first', async () => {
  const list = (await download({ format: 'json', filters: { action: 'auth.' } }, large)).json() as {
    id: string;
    timestamp: string;
    metadata: { n: number };
  }[];
  expect(new Set(list.map(({ metadata }) => metadata.n)).size).toBe(rows);
  expect(list).toHaveLength(rows);
  const times = list.map(({ timestamp }) => timestamp);
  expect(times).toEqual([...times].sort().reverse());
  const csv = await download({ filters: { action: 'auth.' } }, large);
  expect(csv.payload.trim().split('\r\n')).toHaveLength(rows + 1);
});

test('an export reads on only as fast as it is taken, and stops when nobody takes it', async () => {
  const store = createAuditStore(door.house.database.db);
  let pages = 0;
  const counting: Pick<typeof store, 'list'> = {
    list: (...given) => {
      pages++;
      return store.list(...given);
    },
  };
  const stream = await streamLog(counting, large.user.organizationId, {}, 'json');
  expect(pages).toBe(1);
  for await (const chunk of stream) {
    expect(chunk.length).toBeGreaterThan(0);
    break;
  }
  expect(stream.destroyed).toBe(true);
  expect(pages).toBeLessThan(3);
});

test('a failure before the first byte is answered; a later one breaks the download off', async () => {
  const { pool } = door.house.database;
  const store = createAuditStore(door.house.database.db);
  let isAway = true;
  const failing: Pick<typeof store, 'list'> = {
    list: (organizationId, filter, page) => {
      if (isAway) return Promise.reject(new Error('gone'));
      isAway = page.after === undefined;
      return store.list(organizationId, filter, page);
    },
  };
  await expect(streamLog(failing, large.user.organizationId, {}, 'csv')).rejects.toThrow('gone');
  isAway = false;
  const stream = await streamLog(failing, large.user.organizationId, {}, 'csv');
  const read = async () => {
    for await (const _chunk of stream);
  };
  await expect(read()).rejects.toThrow('gone');
  expect((await pool.query('select 1 as n')).rows).toEqual([{ n: 1 }]);
});

test('a client that goes away in the middle leaves nothing behind', async () => {
  await door.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = door.app.server.address() as AddressInfo;
  const headers = { ...large.bearer, 'content-type': 'application/json', 'x-request-id': randomUUID() };
  await new Promise<void>((resolve, reject) => {
    const sent = ask({ port, path: '/api/v1/audit/export', method: 'POST', headers }, (answer) => {
      answer.once('data', () => {
        answer.destroy();
        resolve();
      });
    });
    sent.on('error', reject);
    sent.end('{}');
  });
  const { pool } = door.house.database;
  await until('no connection is held', () => pool.idleCount === pool.totalCount);
});
