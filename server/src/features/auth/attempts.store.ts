import { sql } from 'kysely';
import type { Db } from '../../platform/db/transaction.ts';

/** The attempts of a window, and when it ends. */
export interface Counted {
  attempts: number;
  expires_at: Date;
}

export async function purgeAttempts(db: Db, now: Date): Promise<void> {
  await db.deleteFrom('attempt_counters').where('expires_at', '<=', now).execute();
}

export async function attemptsOf(db: Db, key: string, now: Date): Promise<Counted | undefined> {
  const { rows } = await sql<Counted>`
    select attempts, expires_at from attempt_counters
    where key = ${key} and expires_at > ${now}`.execute(db);
  return rows[0];
}

/** Counts one attempt; the first one begins a window that ends at `end`. */
export async function addAttempt(db: Db, key: string, end: Date, now: Date): Promise<Counted | undefined> {
  const { rows } = await sql<Counted>`
    insert into attempt_counters as counter (key, attempts, expires_at)
    values (${key}, 1, ${end})
    on conflict (key) do update set
      attempts = case when counter.expires_at <= ${now} then 1 else counter.attempts + 1 end,
      expires_at = case when counter.expires_at <= ${now} then excluded.expires_at else counter.expires_at end
    returning attempts, expires_at`.execute(db);
  return rows[0];
}

/** Counts one attempt under each key that has room; answers all keys, with the time at which a full one has room. */
export async function addWhereRoom(
  db: Db,
  { keys, maxes, ends }: { keys: string[]; maxes: number[]; ends: Date[] },
  now: Date,
): Promise<{ key: string; has_counted: boolean; expires_at: Date | null }[]> {
  const { rows } = await sql<{ key: string; has_counted: boolean; expires_at: Date | null }>`
    with tries as (select * from unnest(${keys}::text[], ${maxes}::integer[], ${ends}::timestamptz[])
        as tries (key, attempts_max, ends_at)),
      counted as (insert into attempt_counters as counter (key, attempts, expires_at)
        select key, 1, ends_at from tries order by key
        on conflict (key) do update set
          attempts = case when counter.expires_at <= ${now} then 1 else counter.attempts + 1 end,
          expires_at = case when counter.expires_at <= ${now} then excluded.expires_at else counter.expires_at end
        where counter.expires_at <= ${now}
          or counter.attempts < (select attempts_max from tries where tries.key = counter.key)
        returning key)
    select tries.key, counted.key is not null as has_counted, existing.expires_at
    from tries left join counted on counted.key = tries.key
      left join attempt_counters as existing on existing.key = tries.key`.execute(db);
  return rows;
}

export async function takeAttemptsBack(db: Db, keys: string[]): Promise<void> {
  await sql`with counter as (${locked(keys)}) update attempt_counters set attempts = attempts - 1
    from counter where attempt_counters.key = counter.key and attempts > 0`.execute(db);
}

export async function forgetAttempts(db: Db, keys: string[]): Promise<void> {
  await sql`with counter as (${locked(keys)})
    delete from attempt_counters using counter where attempt_counters.key = counter.key`.execute(db);
}

/** Rows are locked in the order of their keys, so that two transactions with several keys can't deadlock. */
const locked = (keys: string[]) =>
  sql`select key from attempt_counters where key = any(${keys}::text[]) order by key for update`;
