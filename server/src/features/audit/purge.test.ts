import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Owner, TestDoor } from '../../../test/door.ts';
import { createPurge } from './purge.ts';

const dayMs = 86_400_000;
const rows = 4100;

let door: TestDoor;
let owner: Owner;
beforeAll(async () => {
  door = await TestDoor.open();
  owner = await door.register();
});
afterAll(() => door?.close());

const purge = (retentionDays: number) =>
  createPurge({ db: door.house.database.db, clock: door.clock, retentionDays })();

/** The days ago of what is kept, of the organisation and of nobody. */
async function kept(): Promise<{ ours: number; nobodys: number; oldest: number }> {
  const { rows } = await door.house.database.pool.query(
    `select count(*) filter (where organization_id is not null) as ours,
       count(*) filter (where organization_id is null) as nobodys, min(occurred_at) as oldest
     from audit_logs where resource_type = 'old'`,
  );
  const { oldest, ...counts } = rows[0];
  return { ...counts, oldest: Math.round((door.clock.now().getTime() - oldest.getTime()) / dayMs) };
}

test('entries stay for ever unless the operator says how long, and then for just as long', async () => {
  const { pool } = door.house.database;
  const insert = `insert into audit_logs (id, organization_id, action, resource_type, occurred_at)
    select gen_random_uuid(), $1, 'auth.login', 'old', $2::timestamptz - ($3 + n % $4) * interval '1 day'
    from generate_series(1, $5) n`;
  const { organizationId } = owner.user;
  const now = door.clock.now();
  await pool.query(insert, [organizationId, now, 100, 300, rows]);
  await pool.query(insert, [organizationId, now, 10, 50, 50]);
  await pool.query(insert, [null, now, 10, 200, 200]);
  const before = await kept();
  expect(before).toEqual({ ours: rows + 50, nobodys: 200, oldest: 399 });

  await purge(0);
  expect(await kept()).toEqual(before);
  for (const _time of [1, 2]) {
    await purge(90);
    expect(await kept()).toEqual({ ours: 50, nobodys: 81, oldest: 90 });
  }
  await expect(pool.query('delete from audit_logs')).rejects.toThrow('append-only');
});
