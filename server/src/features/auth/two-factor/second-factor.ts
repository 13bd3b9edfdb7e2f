import { type Clock, daySeconds } from '../../../platform/clock.ts';
import type { Vault } from '../../../platform/crypto.ts';
import type { Tx } from '../../../platform/db/transaction.ts';
import { type AttemptLimit, type Attempts, tooMany } from '../attempts.ts';
import type { UserRow } from '../users.store.ts';
import { createCodeHash } from './backup-codes.ts';
import { stepOf } from './totp.ts';
import type { TwoFactorStore } from './two-factor.store.ts';

/**
 * Wrong codes of one person. Three codes of a million are good at any moment, so a hundred tries find one in
 * three of ten thousand days.
 */
const perPerson: readonly AttemptLimit[] = [
  { name: 'two-factor-quarter', attemptsMax: 20, windowSeconds: 900 },
  { name: 'two-factor-day', attemptsMax: 100, windowSeconds: daySeconds },
];
/** Eight backup codes of four milliard possible ones can't be guessed, so each place is counted by itself. */
const perPlace: readonly AttemptLimit[] = [
  { name: 'backup-code-quarter', attemptsMax: 10, windowSeconds: 900 },
  { name: 'backup-code-day', attemptsMax: 50, windowSeconds: daySeconds },
];

/** A code that somebody enters, in a session or from a network, and whether the person signed in from there before. */
export interface CodeAttempt {
  userId: string;
  code: string;
  /** The session, or the network where there is none yet. */
  from: string;
  isKnown: boolean;
}

/** Codes of authenticator apps and backup codes, each good once, with limits on guesses. */
export interface SecondFactor {
  /**
   * Runs a check that answers undefined for a wrong code, unless too many were wrong before. A known place is counted
   * by itself, so that a stranger who has the password can't keep its owner out. @throws Failure RATE_LIMITED.
   */
  guarded<T>(attempt: CodeAttempt, check: () => Promise<T | undefined>): Promise<T | undefined>;
  /** Uses the code up and answers its kind; undefined when it is not this person's or was used before. */
  claim(tx: Tx, user: UserRow, code: string): Promise<'app' | 'backup-code' | undefined>;
  seal(userId: string, secret: string): Buffer;
  open(userId: string, secret: Buffer): string;
}

export function createSecondFactor(deps: {
  store: TwoFactorStore;
  attempts: Attempts;
  vault: Vault;
  clock: Clock;
}): SecondFactor {
  const { store, attempts, vault, clock } = deps;
  const hashOf = createCodeHash(vault);
  const context = (userId: string) => `two-factor/${userId}`;
  const open = (userId: string, secret: Buffer) => vault.openText(secret, context(userId));

  return {
    open,
    seal: (userId, secret) => vault.sealText(secret, context(userId)),
    async guarded({ userId, code, from, isKnown }, check) {
      const place = `${userId} ${from}`;
      const counters = isBackupCode(plain(code))
        ? perPlace.map((limit) => ({ limit, subject: place }))
        : perPerson.map((limit) => ({ limit, subject: isKnown ? place : userId }));
      // Counted before the check, so that guesses sent to many nodes at once are all counted.
      const waits = await attempts.countWhereRoom(counters);
      const seconds = Math.max(...waits);
      if (seconds > 0) {
        await attempts.takeBackAll(counters.filter((_, index) => waits[index] === 0));
        throw tooMany(seconds);
      }
      const outcome = await check();
      if (outcome !== undefined) await attempts.takeBackAll(counters);
      return outcome;
    },
    async claim(tx, { id, two_factor_secret: secret }, typed) {
      const code = plain(typed);
      if (/^\d{6}$/.test(code) && secret) {
        const step = stepOf(code, open(id, secret), clock.now());
        return step !== undefined && (await store.claimStep(tx, id, secret, step)) ? 'app' : undefined;
      }
      if (!isBackupCode(code)) return undefined;
      const hash = hashOf(id, code.toUpperCase());
      return (await store.claimCode(tx, id, hash, clock.now())) ? 'backup-code' : undefined;
    },
  };
}

const plain = (typed: string) => typed.replaceAll(/[\s-]/g, '');
const isBackupCode = (code: string) => /^[0-9a-f]{8}$/i.test(code);
