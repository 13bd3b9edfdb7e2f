import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { countedAddress } from '../../platform/address.ts';
import { type Clock, later } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';

/** How often something may be tried: `attemptsMax` in a window that begins with the first. */
export interface AttemptLimit {
  name: string;
  attemptsMax: number;
  windowSeconds: number;
}

/** What is limited, and whose attempts these are. */
export interface Counter {
  limit: AttemptLimit;
  subject: string;
}

export interface Attempts {
  /** Deletes what counts no longer. */
  purge(): Promise<void>;
  /** @throws Failure RATE_LIMITED when the limit is reached already; counts nothing. */
  check(limit: AttemptLimit, subject: string): Promise<void>;
  /** Counts one attempt. @throws Failure RATE_LIMITED when it is one too many. */
  count(limit: AttemptLimit, subject: string): Promise<void>;
  /**
   * Counts one attempt in each counter that has room, before it is known whether it is right: attempts made at once,
   * on any node, see each other. Answers in the same order the seconds until there is room, 0 for each that counted.
   */
  countWhereRoom(counters: readonly Counter[]): Promise<number[]>;
  /** Takes back one that was counted before it turned out to be right, or to be no try at all. */
  takeBack(limit: AttemptLimit, subject: string): Promise<void>;
  takeBackAll(counters: readonly Counter[]): Promise<void>;
  /** After a success the subject starts anew. */
  forget(limit: AttemptLimit, subject: string): Promise<void>;
  forgetAll(counters: readonly Counter[]): Promise<void>;
}

const subjectLengthMax = 400;

/** Attempts counted in PostgreSQL, so that every node knows them and a restart forgives nothing. */
export function createAttempts({ db, clock }: { db: Db; clock: Clock }): Attempts {
  const keyOf = (limit: AttemptLimit, subject: string) => `${limit.name}:${shortened(subject)}`;
  const secondsUntil = (at: Date) => (at.getTime() - clock.now().getTime()) / 1000;
  const refuseBeyond = (row: { attempts: number; expires_at: Date } | undefined, beyond: number) => {
    if (row && row.attempts > beyond) throw tooMany(secondsUntil(row.expires_at));
  };
  /** Rows in the order of their keys, so that two who change several never wait for each other in a circle. */
  const locked = (counters: readonly Counter[]) => {
    const keys = counters.map(({ limit, subject }) => keyOf(limit, subject));
    return sql`select key from attempt_counters where key = any(${keys}::text[]) order by key for update`;
  };
  const self: Attempts = {
    async purge() {
      await db.deleteFrom('attempt_counters').where('expires_at', '<=', clock.now()).execute();
    },
    async check(limit, subject) {
      const { rows } = await sql<{ attempts: number; expires_at: Date }>`
        select attempts, expires_at from attempt_counters
        where key = ${keyOf(limit, subject)} and expires_at > ${clock.now()}`.execute(db);
      refuseBeyond(rows[0], limit.attemptsMax - 1);
    },
    async count(limit, subject) {
      const now = clock.now();
      const { rows } = await sql<{ attempts: number; expires_at: Date }>`
        insert into attempt_counters as mine (key, attempts, expires_at)
        values (${keyOf(limit, subject)}, 1, ${later(now, limit.windowSeconds * 1000)})
        on conflict (key) do update set
          attempts = case when mine.expires_at <= ${now} then 1 else mine.attempts + 1 end,
          expires_at = case when mine.expires_at <= ${now} then excluded.expires_at else mine.expires_at end
        returning attempts, expires_at`.execute(db);
      refuseBeyond(rows[0], limit.attemptsMax);
    },
    async countWhereRoom(counters) {
      const now = clock.now();
      const keys = counters.map(({ limit, subject }) => keyOf(limit, subject));
      const maxes = counters.map(({ limit }) => limit.attemptsMax);
      const ends = counters.map(({ limit }) => later(now, limit.windowSeconds * 1000));
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
      const byKey = new Map(rows.map((row) => [row.key, row]));
      return counters.map(({ limit }, index) => {
        const row = byKey.get(keys[index] ?? '');
        if (row?.has_counted) return 0;
        return Math.max(1, row?.expires_at ? secondsUntil(row.expires_at) : limit.windowSeconds);
      });
    },
    takeBack: (limit, subject) => self.takeBackAll([{ limit, subject }]),
    async takeBackAll(counters) {
      await sql`with mine as (${locked(counters)}) update attempt_counters set attempts = attempts - 1
        from mine where attempt_counters.key = mine.key and attempts > 0`.execute(db);
    },
    forget: (limit, subject) => self.forgetAll([{ limit, subject }]),
    async forgetAll(counters) {
      await sql`with mine as (${locked(counters)})
        delete from attempt_counters using mine where attempt_counters.key = mine.key`.execute(db);
    },
  };
  return self;
}

/** @returns the refusal of one attempt too many. */
export function tooMany(seconds: number): Failure {
  return new Failure('RATE_LIMITED', {
    says: `Too many attempts: try again in ${Math.max(1, Math.ceil(seconds))} s.`,
    retryAfterSeconds: seconds,
  });
}

/** A subject that is an address counts with its whole network. What is too long for an index is named by its hash. */
function shortened(subject: string): string {
  if (subject.length > subjectLengthMax) return createHash('sha256').update(subject).digest('hex');
  return countedAddress(subject);
}
