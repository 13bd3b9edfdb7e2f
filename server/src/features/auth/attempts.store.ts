import { sql } from 'kysely';
import type { Db } from '../../platform/db/transaction.ts';

/** How often it was tried, in a window that ends then. */
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
    insert into attempt_counters as mine (key, attempts, expires_at)
    values (${key}, 1, ${end})
    on conflict (key) do update set
      attempts = case when mine.expires_at <= ${now} then 1 else mine.attempts + 1 end,
      expires_at = case when mine.expires_at <= ${now} then excluded.expires_at else mine.expires_at end
    returning attempts, expires_at`.execute(db);
  return rows[0];
}

/** Counts one attempt under each key that has room; answers each, and when a full one will have room. */
export async function addWhereRoom(
  db: Db,
  { keys, maxes, ends }: { keys: string[]; maxes: number[]; ends: Date[] },
  now: Date,
): Promise<{ key: string; has_counted: boolean; expires_at: Date | null }[]> {
  const { rows } = await sql<{ key: string; has_counted: boolean; expires_at: Date | null }>`
    with given as (select * from unnest(${keys}::text[], ${maxes}::integer[], ${ends}::timestamptz[])
        as given (key, attempts_max, ends_at)),
      counted as (insert into attempt_counters as mine (key, attempts, expires_at)
        select key, 1, ends_at from given order by key
        on conflict (key) do update set
          attempts = case when mine.expires_at <= ${now} then 1 else mine.attempts + 1 end,
          expires_at = case when mine.expires_at <= ${now} then excluded.expires_at else mine.expires_at end
        where mine.expires_at <= ${now}
          or mine.attempts < (select attempts_max from given where given.key = mine.key)
        returning key)
    select given.key, counted.key is not null as has_counted, full_ones.expires_at
    from given left join counted on counted.key = given.key
      left join attempt_counters as full_ones on full_ones.key = given.key`.execute(db);
  return rows;
}

export async function takeAttemptsBack(db: Db, keys: string[]): Promise<void> {
  await sql`with mine as (${locked(keys)}) update attempt_counters set attempts = attempts - 1
    from mine where attempt_counters.key = mine.key and attempts > 0`.execute(db);
}

export async function forgetAttempts(db: Db, keys: string[]): Promise<void> {
  await sql`with mine as (${locked(keys)})
    delete from attempt_counters using mine where attempt_counters.key = mine.key`.execute(db);
}

/** Rows in the order of their keys, so that two who change several never wait for each other in a circle. */
const locked = (keys: string[]) =>
  sql`select key from attempt_counters where key = any(${keys}::text[]) order by key for update`;
