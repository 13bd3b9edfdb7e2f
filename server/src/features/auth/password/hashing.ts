import { availableParallelism } from 'node:os';
import { Failure } from '../../../platform/failures.ts';
import { hashPassword, type PasswordCost, passwordCost, passwordMatches } from './password-hash.ts';

/** A thread of Node's pool of four stays free, or files and names would wait behind passwords. */
const atWorkMax = Math.min(3, availableParallelism());
const waitingMax = 100;
const retryAfterSeconds = 2;

/**
 * Hashes passwords a few at once. A hash is slow on purpose, so whoever comes when a hundred wait already is
 * refused at once: Failure RATE_LIMITED. Who signed in from their network before has a line of their own, which is
 * served first: a flood of strangers keeps nobody out.
 */
export interface Hashing {
  hash(password: string): Promise<string>;
  /** Without a hash it takes as long and says no, so that the time doesn't tell whether there is an account. */
  matches(password: string, hash: string | undefined, isKnown?: boolean): Promise<boolean>;
}

/** @param cost of new hashes; an older hash is compared at the cost it names. `work` is other in tests. */
export function createHashing(
  cost: PasswordCost = passwordCost,
  work = { hashPassword, passwordMatches },
): Hashing {
  const inLine = createLine();
  let ofNobody: Promise<string> | undefined;
  return {
    hash: (password) => inLine(() => work.hashPassword(password, cost)),
    async matches(password, hash, isKnown = false) {
      ofNobody ??= work.hashPassword('no account has this one', cost);
      const compared = hash ?? (await ofNobody);
      return (await inLine(() => work.passwordMatches(password, compared), isKnown)) && hash !== undefined;
    },
  };
}

function createLine() {
  const lines: { known: (() => void)[]; others: (() => void)[] } = { known: [], others: [] };
  let atWork = 0;
  return async <T>(work: () => Promise<T>, isKnown = false): Promise<T> => {
    const waiting = isKnown ? lines.known : lines.others;
    if (atWork >= atWorkMax) {
      if (waiting.length >= waitingMax) {
        const says = 'Too many passwords are being checked right now: try again in a moment.';
        throw new Failure('RATE_LIMITED', { says, retryAfterSeconds });
      }
      // Who leaves hands the place on, so nobody slips in between.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else atWork++;
    try {
      return await work();
    } finally {
      const next = lines.known.shift() ?? lines.others.shift();
      if (next) next();
      else atWork--;
    }
  };
}
