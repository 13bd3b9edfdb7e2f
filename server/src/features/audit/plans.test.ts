import { Kysely, PostgresDialect } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import type { Tables } from '../../platform/db/tables.ts';
import { type AuditStore, createAuditStore } from './audit.store.ts';

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: Plan[];
}

let house: TestDatabase;
let store: AuditStore;
let said: { sql: string; parameters: readonly unknown[] } | undefined;
const [big, small, person] = [1, 2, 3].map((n) => `00000000-0000-4000-8000-00000000000${n}`) as [
  string,
  string,
  string,
];

beforeAll(async () => {
  house = await testDatabase();
  const { pool } = house.database;
  await pool.query(
    `insert into organizations (id, name, slug, created_at, updated_at)
     values ($1, 'Big', 'big', now(), now()), ($2, 'Small', 'small', now(), now())`,
    [big, small],
  );
  // One entry in a hundred is the small organisation's; of the big one's, few are of one person or one resource.
  await pool.query(
    `insert into audit_logs (id, organization_id, action, user_id, resource_type, resource_id, occurred_at)
     select gen_random_uuid(), case when n % 100 = 0 then $2::uuid else $1::uuid end,
       case when n % 500 = 7 then 'role.assign' else 'auth.login' end,
       case when n % 300 = 1 then $3::uuid else gen_random_uuid() end,
       'user', 'resource-' || n % 1000, timestamptz '2026-01-01' + n * interval '1 minute'
     from generate_series(1, 50000) n`,
    [big, small, person],
  );
  await pool.query('vacuum analyze audit_logs');
  const db = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool }),
    log: ({ query }) => {
      said = query;
    },
  });
  store = createAuditStore(db);
});
afterAll(() => house?.drop());

/** How many rows of the log a query touches; fails when it walks the whole table. */
async function touched(run: () => Promise<unknown>): Promise<number> {
  await run();
  const { rows } = await house.database.pool.query(`explain (analyze, format json) ${said?.sql}`, [
    ...(said?.parameters ?? []),
  ]);
  const nodes: Plan[] = [];
  const walk = (plan: Plan) => {
    nodes.push(plan);
    plan.Plans?.forEach(walk);
  };
  walk(rows[0]['QUERY PLAN'][0].Plan);
  const scans = nodes.filter((node) => node['Relation Name'] === 'audit_logs');
  expect(scans.map((node) => node['Node Type'])).not.toContain('Seq Scan');
  expect(scans.length).toBeGreaterThan(0);
  return scans.reduce(
    (sum, node) => sum + (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
    0,
  );
}

const after = { at: new Date('2026-01-20T00:00:00Z'), id: person };
const page = { limit: 50 };

test.each([
  ['the newest', {}, page, 50],
  ['those behind a cursor', {}, { ...page, after }, 50],
  ['those of a person', { userId: person }, page, 50],
  ['those of a person behind a cursor', { userId: person }, { ...page, after }, 50],
  ['those of a rare action', { action: 'role.assign' }, page, 150],
  ['those of a frequent action', { action: 'auth.' }, page, 60],
  ['those of one resource', { resourceId: 'resource-5' }, page, 60],
  ['those of a period', { from: new Date('2026-01-10'), to: new Date('2026-01-11') }, page, 50],
])('a page of %s reads little more than itself', async (_what, filter, wanted, rowsMax) => {
  expect(await touched(() => store.list(big, filter, wanted))).toBeLessThanOrEqual(rowsMax);
});

test('counting reads as many entries as it may count, however long the log', async () => {
  expect(await touched(() => store.count(big, {}, 1000))).toBeLessThanOrEqual(1000);
  expect(await store.count(big, {}, 1000)).toBe(1000);
  expect(await store.count(small, {}, 1000)).toBe(500);
});

test("a summary reads its own period of the organization's entries and nothing else", async () => {
  const read = await touched(() => store.countsSince(small, new Date('2026-02-03T00:00:00Z')));
  expect(read).toBeLessThanOrEqual(50);
});
