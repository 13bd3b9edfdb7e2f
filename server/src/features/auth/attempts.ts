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

export interface Attempts {
  /** Deletes what counts no longer. */
  purge(): Promise<void>;
  /** @throws Failure RATE_LIMITED when the limit is reached already; counts nothing. */
  check(limit: AttemptLimit, subject: string): Promise<void>;
  /** Counts one attempt. @throws Failure RATE_LIMITED when it is one too many. */
  count(limit: AttemptLimit, subject: string): Promise<void>;
  /** Takes back one that was counted before it turned out to be right, or to be no try at all. */
  takeBack(limit: AttemptLimit, subject: string): Promise<void>;
  /** After a success the subject starts anew. */
  forget(limit: AttemptLimit, subject: string): Promise<void>;
}

/** Attempts counted in PostgreSQL, so that every node knows them and a restart forgives nothing. */
export function createAttempts({ db, clock }: { db: Db; clock: Clock }): Attempts {
  // A subject that is an address counts with its whole network; any other text stays itself.
  const keyOf = (limit: AttemptLimit, subject: string) => `${limit.name}:${countedAddress(subject)}`;
  const refuseBeyond = (row: { attempts: number; expires_at: Date } | undefined, beyond: number) => {
    if (!row || row.attempts <= beyond) return;
    const seconds = (row.expires_at.getTime() - clock.now().getTime()) / 1000;
    throw new Failure('RATE_LIMITED', {
      says: `Too many attempts: try again in ${Math.max(1, Math.ceil(seconds))} s.`,
      retryAfterSeconds: seconds,
    });
  };
  return {
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
    async takeBack(limit, subject) {
      await sql`update attempt_counters set attempts = attempts - 1
        where key = ${keyOf(limit, subject)} and attempts > 0`.execute(db);
    },
    async forget(limit, subject) {
      await sql`delete from attempt_counters where key = ${keyOf(limit, subject)}`.execute(db);
    },
  };
}
