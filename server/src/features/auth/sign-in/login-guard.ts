import { setTimeout as wait } from 'node:timers/promises';
import { countedAddress, widerNetwork } from '../../../platform/address.ts';
import { daySeconds } from '../../../platform/clock.ts';
import { createTurns } from '../../../platform/concurrency/in-turn.ts';
import { Failure } from '../../../platform/failures.ts';
import { type AttemptLimit, type Attempts, type Counter, tooMany } from '../attempts.ts';
import type { GuessingNotice } from './guessing-notice.ts';

/** Wrong passwords for one account from one network. */
const perPlace: readonly AttemptLimit[] = [
  { name: 'login-minute', attemptsMax: 8, windowSeconds: 60 },
  { name: 'login-quarter', attemptsMax: 30, windowSeconds: 900 },
];
/** Wrong passwords from one address, whatever the account. */
const perAddress: AttemptLimit = { name: 'login-address', attemptsMax: 30, windowSeconds: 60 };
/**
 * Wrong passwords for one account from all networks that it doesn't know: 120 in an hour. Together with `perNewPlace`,
 * a thousand networks get 2,880 guesses in a day, as many as 120 in every hour.
 */
const perAccount: readonly AttemptLimit[] = [
  { name: 'login-account-minute', attemptsMax: 8, windowSeconds: 60 },
  { name: 'login-account-quarter', attemptsMax: 30, windowSeconds: 900 },
  { name: 'login-account-day', attemptsMax: 880, windowSeconds: daySeconds },
];
/**
 * Attempts that each new network still has at an account that is being guessed at, so that the right password is not
 * refused because of guesses from elsewhere.
 */
const perNewPlace: AttemptLimit = { name: 'login-new-place', attemptsMax: 2, windowSeconds: daySeconds };
/** The same for the wider network around it, since one guesser may have many small networks. */
const perNewNeighbourhood: AttemptLimit = { ...perNewPlace, name: 'login-new-neighbours', attemptsMax: 6 };

/** The delay of a check at an account that is being guessed at, and how many checks may be delayed at once. */
const delayMs = 1_000;
const delayedMax = 200;
const waitingMax = 50;

export interface LoginAttempt {
  email: string;
  ipAddress: string;
  /** Whether the account signed in from this network before. */
  isKnownDevice: boolean;
}

export interface LoginGuard {
  /**
   * Runs a password check unless too many failed before. Each network that the account knows is counted by itself; all
   * other networks are counted together. Once these have failed too often, a network with few guesses of its own is
   * slowed down but still gets its check, the others are refused. So guesses never lock the owner out.
   * @throws Failure RATE_LIMITED, or INVALID_CREDENTIALS when the check says no.
   */
  guarded<User>(attempt: LoginAttempt, check: () => Promise<User | undefined>): Promise<User>;
  /** Resets the count of the unknown networks, once somebody has proved to own the account. */
  forgive(email: string): Promise<void>;
}

export interface LoginGuardDeps {
  attempts: Attempts;
  notice: Pick<GuessingNotice, 'tell'>;
  pause?: (ms: number) => Promise<unknown>;
}

export function createLoginGuard({ attempts, notice, pause = wait }: LoginGuardDeps): LoginGuard {
  /** One check at a time for each account and network, so that many right passwords at once do not count as guesses. */
  const turns = createTurns();
  let delayed = 0;

  /** A delayed check holds no connection and no place among the hashes; beyond the bound there is no delay. */
  async function delay(): Promise<void> {
    if (delayed >= delayedMax) return;
    delayed++;
    await pause(delayMs).finally(() => delayed--);
  }

  /** Counts in all counters. @throws Failure RATE_LIMITED when one of them is full, and then counts in none. */
  async function countAll(counters: readonly Counter[]): Promise<void> {
    const waits = await attempts.countWhereRoom(counters);
    const seconds = Math.max(...waits);
    if (seconds === 0) return;
    await attempts.takeBackAll(counters.filter((_, index) => waits[index] === 0));
    throw tooMany(seconds);
  }

  /** Counts the attempt of an unknown network, and delays or refuses it. Answers the counters in which it counted. */
  async function admitStranger({ email, ipAddress }: LoginAttempt, place: string): Promise<Counter[]> {
    const own = [{ limit: perAddress, subject: ipAddress }, ...ofPlace(place)];
    const rest = [
      { limit: perNewPlace, subject: place },
      { limit: perNewNeighbourhood, subject: `${email} ${widerNetwork(ipAddress)}` },
      ...ofAccount(email),
    ];
    const counters = [...own, ...rest];
    const waits = await attempts.countWhereRoom(counters);
    const counted = counters.filter((_, index) => waits[index] === 0);
    const longest = (some: readonly Counter[]) =>
      Math.max(...some.map((counter) => waits[counters.indexOf(counter)] ?? 0));
    const [ownWait, newPlaceWait, accountWait] = [
      longest(own),
      longest(rest.slice(0, 2)),
      longest(rest.slice(2)),
    ];
    if (accountWait > 0) await notice.tell(email);
    const refusalSeconds = ownWait > 0 ? ownWait : newPlaceWait > 0 ? accountWait : 0;
    if (refusalSeconds > 0) {
      await attempts.takeBackAll(counted);
      throw tooMany(refusalSeconds);
    }
    if (accountWait > 0) await delay();
    return counted;
  }

  return {
    async guarded(attempt, check) {
      const place = `${attempt.email} ${countedAddress(attempt.ipAddress)}`;
      if (turns.count(place) >= waitingMax) throw new Failure('RATE_LIMITED', { retryAfterSeconds: 5 });
      return turns.inTurn(place, async () => {
        let counted: Counter[] = ofPlace(place);
        if (attempt.isKnownDevice) await countAll(counted);
        else counted = await admitStranger(attempt, place);
        const user = await check().catch(async (error: unknown) => {
          // The check was refused or failed: no guess was made.
          await attempts.takeBackAll(counted);
          throw error;
        });
        if (user === undefined) throw new Failure('INVALID_CREDENTIALS');
        const ofNetwork = counted.filter(({ subject }) => subject === place);
        await attempts.takeBackAll(counted.filter((counter) => !ofNetwork.includes(counter)));
        await attempts.forgetAll(ofNetwork);
        return user;
      });
    },
    async forgive(email) {
      await attempts.forgetAll(ofAccount(email));
    },
  };
}

function ofPlace(place: string): Counter[] {
  return perPlace.map((limit) => ({ limit, subject: place }));
}

function ofAccount(email: string): Counter[] {
  return perAccount.map((limit) => ({ limit, subject: email }));
}
