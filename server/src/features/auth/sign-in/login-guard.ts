import { Failure } from '../../../platform/failures.ts';
import type { AttemptLimit, Attempts } from '../attempts.ts';

/** Wrong passwords for one account: a few in a minute, some more in a quarter of an hour. */
const perAccount: readonly AttemptLimit[] = [
  { name: 'login-minute', attemptsMax: 8, windowSeconds: 60 },
  { name: 'login-quarter', attemptsMax: 30, windowSeconds: 900 },
];
/** Wrong passwords from one address, whatever the account. */
const perAddress: AttemptLimit = { name: 'login-address', attemptsMax: 30, windowSeconds: 60 };
const waitingMax = 50;

export interface LoginGuard {
  /**
   * Runs a password check unless too many failed before. A device the account knows is counted by itself,
   * so that strangers who guess can't lock its owner out.
   * @throws Failure RATE_LIMITED, or INVALID_CREDENTIALS when the check says no.
   */
  guarded<User>(
    who: { email: string; ipAddress: string; isKnownDevice: boolean },
    check: () => Promise<User | undefined>,
  ): Promise<User>;
  /** Forgets the failures of strangers: whoever proved to own the account may try anew. */
  forgive(email: string): Promise<void>;
}

export function createLoginGuard(attempts: Attempts): LoginGuard {
  const inTurn = createTurns();
  return {
    guarded({ email, ipAddress, isKnownDevice }, check) {
      const account = isKnownDevice ? `${email} ${ipAddress}` : email;
      return inTurn(account, async () => {
        if (!isKnownDevice) await attempts.check(perAddress, ipAddress);
        for (const limit of perAccount) await attempts.check(limit, account);
        const user = await check();
        if (user !== undefined) {
          for (const limit of perAccount) await attempts.forget(limit, account);
          return user;
        }
        if (!isKnownDevice) await attempts.count(perAddress, ipAddress);
        for (const limit of perAccount) await attempts.count(limit, account);
        throw new Failure('INVALID_CREDENTIALS');
      });
    },
    async forgive(email) {
      for (const limit of perAccount) await attempts.forget(limit, email);
    },
  };
}

/** One check at a time for each account: guesses sent at once must see each other's failures. */
function createTurns() {
  const lines = new Map<string, { last: Promise<unknown>; waiting: number }>();
  return async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const line = lines.get(name) ?? { last: Promise.resolve(), waiting: 0 };
    if (line.waiting >= waitingMax) throw new Failure('RATE_LIMITED', { retryAfterSeconds: 5 });
    line.waiting++;
    lines.set(name, line);
    const mine = line.last.then(work, work);
    line.last = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      if (--line.waiting === 0) lines.delete(name);
    }
  };
}
