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
 * Wrong passwords for one account from all networks that it doesn't know: 120 in an hour. With those below, a thousand
 * networks have 2,880 in a day, which is what 120 an hour come to.
 */
const perAccount: readonly AttemptLimit[] = [
  { name: 'login-account-minute', attemptsMax: 8, windowSeconds: 60 },
  { name: 'login-account-quarter', attemptsMax: 30, windowSeconds: 900 },
  { name: 'login-account-day', attemptsMax: 880, windowSeconds: daySeconds },
];
/**
 * What each network has at an account that is being guessed at, so that guesses from elsewhere never refuse the
 * right password.
 */
const perNewPlace: AttemptLimit = { name: 'login-new-place', attemptsMax: 2, windowSeconds: daySeconds };
/** The same for the network around it, of which one guesser may have many. */
const perNewNeighbourhood: AttemptLimit = { ...perNewPlace, name: 'login-new-neighbours', attemptsMax: 6 };

/** How long an answer takes at an account that is being guessed at, and how many may wait for theirs. */
const brakeMs = 1_000;
const brakedMax = 200;
const waitingMax = 50;

export interface LoginAttempt {
  email: string;
  ipAddress: string;
  /** Whether the account signed in from this network before. */
  isKnownDevice: boolean;
}

export interface LoginGuard {
  /**
   * Runs a password check unless too many failed before. Each network that the account knows is counted by itself;
   * strangers are counted together, and once these are too many, a network that has hardly guessed is slowed
   * down but still gets its check, the others are refused. So nobody who guesses locks the owner out.
   * @throws Failure RATE_LIMITED, or INVALID_CREDENTIALS when the check says no.
   */
  guarded<User>(attempt: LoginAttempt, check: () => Promise<User | undefined>): Promise<User>;
  /** Forgets the failures of strangers: whoever proved to own the account may try anew. */
  forgive(email: string): Promise<void>;
}

export interface LoginGuardDeps {
  attempts: Attempts;
  notice: Pick<GuessingNotice, 'tell'>;
  pause?: (ms: number) => Promise<unknown>;
}

export function createLoginGuard({ attempts, notice, pause = wait }: LoginGuardDeps): LoginGuard {
  /** One check at a time for each account and network, so that many right passwords at once are no guessing. */
  const turns = createTurns();
  let braked = 0;

  /** The timer holds no connection and no place among the hashes; when too many wait already, nobody else does. */
  async function brake(): Promise<void> {
    if (braked >= brakedMax) return;
    braked++;
    await pause(brakeMs).finally(() => braked--);
  }

  /** Counts in all of these; @throws Failure RATE_LIMITED when one of them is full, and then counts in none. */
  async function countAll(counters: readonly Counter[]): Promise<void> {
    const waits = await attempts.countWhereRoom(counters);
    const seconds = Math.max(...waits);
    if (seconds === 0) return;
    await attempts.takeBackAll(counters.filter((_, index) => waits[index] === 0));
    throw tooMany(seconds);
  }

  /** Counts a stranger's attempt, and slows it down or refuses it. Answers what was counted. */
  async function admitStranger({ email, ipAddress }: LoginAttempt, place: string): Promise<Counter[]> {
    const own = [{ limit: perAddress, subject: ipAddress }, ...ofPlace(place)];
    const rest = [
      { limit: perNewPlace, subject: place },
      { limit: perNewNeighbourhood, subject: `${email} ${widerNetwork(ipAddress)}` },
      ...ofAccount(email),
    ];
    const all = [...own, ...rest];
    const waits = await attempts.countWhereRoom(all);
    const counted = all.filter((_, index) => waits[index] === 0);
    const longest = (counters: readonly Counter[]) =>
      Math.max(...counters.map((one) => waits[all.indexOf(one)] ?? 0));
    const [ofOwn, ofNew, ofAll] = [longest(own), longest(rest.slice(0, 2)), longest(rest.slice(2))];
    if (ofAll > 0) await notice.tell(email);
    const refusedFor = ofOwn > 0 ? ofOwn : ofNew > 0 ? ofAll : 0;
    if (refusedFor > 0) {
      await attempts.takeBackAll(counted);
      throw tooMany(refusedFor);
    }
    if (ofAll > 0) await brake();
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
          // Refused in a flood or broken off: nothing was guessed.
          await attempts.takeBackAll(counted);
          throw error;
        });
        if (user === undefined) throw new Failure('INVALID_CREDENTIALS');
        const forgiven = counted.filter(({ subject }) => subject === place);
        await attempts.takeBackAll(counted.filter((one) => !forgiven.includes(one)));
        await attempts.forgetAll(forgiven);
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
