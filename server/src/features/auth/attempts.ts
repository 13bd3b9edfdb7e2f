import { createHash } from 'node:crypto';
import { countedAddress } from '../../platform/address.ts';
import { type Clock, later } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import {
  addAttempt,
  addWhereRoom,
  attemptsOf,
  type Counted,
  forgetAttempts,
  purgeAttempts,
  takeAttemptsBack,
} from './attempts.store.ts';

/** How often something may be tried: `attemptsMax` in a window that begins with the first. */
export interface AttemptLimit {
  name: string;
  attemptsMax: number;
  windowSeconds: number;
}

/** The attempts of one subject under one limit. */
export interface Counter {
  limit: AttemptLimit;
  subject: string;
}

export interface Attempts {
  /** Deletes counters whose window has ended. */
  purge(): Promise<void>;
  /** @throws Failure RATE_LIMITED when the limit is reached already; counts nothing. */
  check(limit: AttemptLimit, subject: string): Promise<void>;
  /** Counts one attempt. @throws Failure RATE_LIMITED when it is one too many. */
  count(limit: AttemptLimit, subject: string): Promise<void>;
  /**
   * Counts one attempt in each counter that has room, before anything is checked: attempts made at the same time, on
   * any node, see each other. Answers in the same order the seconds until there is room, 0 for each that counted.
   */
  countWhereRoom(counters: readonly Counter[]): Promise<number[]>;
  /** Takes back an attempt that was counted before the check and turned out to be right, or was never checked. */
  takeBack(limit: AttemptLimit, subject: string): Promise<void>;
  takeBackAll(counters: readonly Counter[]): Promise<void>;
  /** After a success the subject starts anew. */
  forget(limit: AttemptLimit, subject: string): Promise<void>;
  forgetAll(counters: readonly Counter[]): Promise<void>;
}

const subjectLengthMax = 400;

/** Attempts counted in PostgreSQL, so that every node knows them and a restart does not reset them. */
export function createAttempts({ db, clock }: { db: Db; clock: Clock }): Attempts {
  const keyOf = (limit: AttemptLimit, subject: string) => `${limit.name}:${shortened(subject)}`;
  const secondsUntil = (at: Date) => (at.getTime() - clock.now().getTime()) / 1000;
  const refuseBeyond = (row: Counted | undefined, beyond: number) => {
    if (row && row.attempts > beyond) throw tooMany(secondsUntil(row.expires_at));
  };
  const keysOf = (counters: readonly Counter[]) =>
    counters.map(({ limit, subject }) => keyOf(limit, subject));
  const attempts: Attempts = {
    purge: () => purgeAttempts(db, clock.now()),
    async check(limit, subject) {
      refuseBeyond(await attemptsOf(db, keyOf(limit, subject), clock.now()), limit.attemptsMax - 1);
    },
    async count(limit, subject) {
      const now = clock.now();
      const row = await addAttempt(db, keyOf(limit, subject), later(now, limit.windowSeconds * 1000), now);
      refuseBeyond(row, limit.attemptsMax);
    },
    async countWhereRoom(counters) {
      const now = clock.now();
      const keys = keysOf(counters);
      const maxes = counters.map(({ limit }) => limit.attemptsMax);
      const ends = counters.map(({ limit }) => later(now, limit.windowSeconds * 1000));
      const rows = await addWhereRoom(db, { keys, maxes, ends }, now);
      const byKey = new Map(rows.map((row) => [row.key, row]));
      return counters.map(({ limit }, index) => {
        const row = byKey.get(keys[index] ?? '');
        if (row?.has_counted) return 0;
        return Math.max(1, row?.expires_at ? secondsUntil(row.expires_at) : limit.windowSeconds);
      });
    },
    takeBack: (limit, subject) => attempts.takeBackAll([{ limit, subject }]),
    takeBackAll: (counters) => takeAttemptsBack(db, keysOf(counters)),
    forget: (limit, subject) => attempts.forgetAll([{ limit, subject }]),
    forgetAll: (counters) => forgetAttempts(db, keysOf(counters)),
  };
  return attempts;
}

/** @returns the refusal of one attempt too many. */
export function tooMany(seconds: number): Failure {
  return new Failure('RATE_LIMITED', {
    says: `Too many attempts: try again in ${Math.max(1, Math.ceil(seconds))} s.`,
    retryAfterSeconds: seconds,
  });
}

/** A subject that is an address counts with its whole network. A hash replaces what is too long for an index. */
function shortened(subject: string): string {
  if (subject.length > subjectLengthMax) return createHash('sha256').update(subject).digest('hex');
  return countedAddress(subject);
}
