import { availableParallelism } from 'node:os';
import { Failure } from '../../../platform/failures.ts';
import { hashPassword, type PasswordCost, passwordCost, passwordMatches } from './password-hash.ts';

/** One thread of Node's pool of four stays free: file system calls and DNS look-ups must not wait for hashes. */
const runningMax = Math.min(3, availableParallelism());
const waitingMax = 100;
const retryAfterSeconds = 2;

/**
 * Hashes passwords a few at once. A hash is slow on purpose, so when a hundred requests wait already, the next one is
 * refused at once: Failure RATE_LIMITED. Requests from networks that the account has signed in from wait in a queue of
 * their own, which goes first: a flood from elsewhere keeps nobody out.
 */
export interface Hashing {
  hash(password: string): Promise<string>;
  /** Without a hash it answers false after as much time, so that the time doesn't tell whether there is an account. */
  matches(password: string, hash: string | undefined, isKnown?: boolean): Promise<boolean>;
}

/** @param cost of new hashes; an older hash is compared at the cost it names. Tests replace `work`. */
export function createHashing(
  cost: PasswordCost = passwordCost,
  work = { hashPassword, passwordMatches },
): Hashing {
  const inQueue = createQueues();
  let dummyHash: Promise<string> | undefined;
  return {
    hash: (password) => inQueue(() => work.hashPassword(password, cost)),
    async matches(password, hash, isKnown = false) {
      dummyHash ??= work.hashPassword('no account has this one', cost);
      const compareTo = hash ?? (await dummyHash);
      return (await inQueue(() => work.passwordMatches(password, compareTo), isKnown)) && hash !== undefined;
    },
  };
}

function createQueues() {
  const queues: { known: (() => void)[]; others: (() => void)[] } = { known: [], others: [] };
  let running = 0;
  return async <T>(work: () => Promise<T>, isKnown = false): Promise<T> => {
    const queue = isKnown ? queues.known : queues.others;
    if (running >= runningMax) {
      if (queue.length >= waitingMax) {
        const says = 'Too many passwords are being checked right now: try again in a moment.';
        throw new Failure('RATE_LIMITED', { says, retryAfterSeconds });
      }
      // The call that ends hands its place on, so no newer call takes it.
      await new Promise<void>((resolve) => queue.push(resolve));
    } else running++;
    try {
      return await work();
    } finally {
      const resume = queues.known.shift() ?? queues.others.shift();
      if (resume) resume();
      else running--;
    }
  };
}
