import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Db, Tx } from '../db/transaction.ts';

/** The database schema of the job store, which makes and changes its tables itself. */
export const schema = 'jobs';

/**
 * Where the store tells, in the transaction of the job, which queue has a new one that may begin at once. Nothing at all
 * means: look at every queue.
 */
export const jobsChannel = `pgboss_${createHash('sha224').update(schema).digest('hex').slice(0, 24)}`;

/** What there is to do in a queue, and in how many milliseconds there will be more; null for never. */
export interface QueueState {
  name: string;
  hasDue: boolean;
  nextInMs: number | null;
  /** Until a handler counts as dead that gives no more signs, or ended jobs are to be cleared away. */
  tidyInMs: number | null;
}

const inMs = (moment: string) => `(extract(epoch from ${moment} - now()) * 1000)::float8`;
const seconds = (count: string) => `${count} * interval '1 second'`;
const jobsOf = `from ${schema}.job j where j.name = q.name`;
const waiting = `${jobsOf} and j.state in ('created', 'retry') and not j.blocked`;
const overdue = `${jobsOf} and j.completed_on + ${seconds('j.deletion_seconds')} < now()`;
const dead = `select min(least(j.heartbeat_on + ${seconds('j.heartbeat_seconds')},
  j.started_on + ${seconds('j.expire_seconds')})) ${jobsOf} and j.state = 'active'`;
const tidied = `coalesce(q.maintain_on, '-infinity')`;

/**
 * Parameters: the names of the queues; after how many seconds ended jobs are cleared away that have stayed long enough,
 * and after how many a queue is tidied in any case.
 */
export const queueStates = `select q.name,
  exists (select ${waiting} and j.start_after <= now()) as "hasDue",
  ${inMs(`(select min(j.start_after) ${waiting} and j.start_after > now())`)} as "nextInMs",
  ${inMs(`greatest(now(), least((${dead}), ${tidied} + ${seconds('$3')},
    case when exists (select ${overdue}) then ${tidied} + ${seconds('$2')} end))`)} as "tidyInMs"
  from ${schema}.queue q where q.name = any($1::text[])`;

/** Deletes every job that mentions one of these ids in its payload or its output, or is for one of these organisations. */
export async function discardJobs(tx: Db | Tx, ids: readonly string[]): Promise<void> {
  await sql`delete from ${sql.id(schema, 'job')} where exists (select from unnest(${[...ids]}::text[]) as one (id)
    where strpos(data::text, one.id) > 0 or strpos(output::text, one.id) > 0 or group_id = one.id)`.execute(
    tx,
  );
}

/**
 * Holds the waiting job of a key until the transaction ends, and has its queue looked at then; says whether there is one.
 * Fetching passes by what is held, so its moment may come meanwhile.
 */
export async function holdWaiting(tx: Tx, name: string, key: string): Promise<boolean> {
  const { rows } = await sql`with waiting as materialized (select start_after from ${sql.id(schema, 'job')}
      where name = ${name} and singleton_key = ${key} and state = 'created' for key share)
    select case when start_after <= now() then pg_notify(${jobsChannel}, ${name})::text end from waiting`.execute(
    tx,
  );
  return rows.length > 0;
}

/** Parameters: the queue's name, the job's id, and the seconds that a job which is done stays. */
export const shortenStay = `update ${schema}.job set deletion_seconds = $3
  where name = $1 and id = $2 and state = 'completed'`;
