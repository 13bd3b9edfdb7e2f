import { createHash } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import { Failure } from '../platform/failures.ts';

const windowMs = 60_000;
/** Different wrong keys one address may try in a minute. One wrong key repeated is a mistake, not a guess. */
const guessesMax = 50;
const addressesMax = 10_000;

/** Counts the different unknown API keys each address tried, in this process. */
export function createGuessCounter(clock: Clock) {
  let addresses = new Map<string, Set<string>>();
  let windowEndsAt = 0;
  return {
    /** The refusal when this address tries too many different keys, else undefined. */
    count(address: string, apiKey: string): Failure | undefined {
      const now = clock.now().getTime();
      if (now >= windowEndsAt || addresses.size > addressesMax) {
        addresses = new Map();
        windowEndsAt = now + windowMs;
      }
      const tried = addresses.get(address) ?? new Set();
      addresses.set(address, tried);
      if (tried.size <= guessesMax) tried.add(createHash('sha256').update(apiKey).digest('base64'));
      if (tried.size <= guessesMax) return undefined;
      return new Failure('RATE_LIMITED', { retryAfterSeconds: (windowEndsAt - now) / 1000 });
    },
  };
}
