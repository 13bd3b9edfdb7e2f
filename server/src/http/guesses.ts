import { createHash } from 'node:crypto';
import { countedAddress } from '../platform/address.ts';
import type { Clock } from '../platform/clock.ts';
import { Failure } from '../platform/failures.ts';

const windowMs = 60_000;
/** Different wrong keys one address may try in a minute. One wrong key repeated is a mistake, not a guess. */
const guessesMax = 50;
const addressesMax = 10_000;

interface Tried {
  guesses: Set<string>;
  refusals: number;
}

/** Counts what each address was refused for its credentials, in this process. */
export function createGuessCounter(clock: Clock, refusalsMax: number) {
  let addresses = new Map<string, Tried>();
  let windowEndsAt = 0;
  return {
    /**
     * The refusal when this address tries too many different keys, or goes on with credentials that are refused
     * (`refusalsMax` a minute; 0 means any number); else undefined.
     */
    count(address: string, unknownKey: string | undefined): Failure | undefined {
      const now = clock.now().getTime();
      if (now >= windowEndsAt || addresses.size > addressesMax) {
        addresses = new Map();
        windowEndsAt = now + windowMs;
      }
      const counted = countedAddress(address);
      const tried = addresses.get(counted) ?? { guesses: new Set(), refusals: 0 };
      addresses.set(counted, tried);
      tried.refusals++;
      if (unknownKey && tried.guesses.size <= guessesMax) {
        tried.guesses.add(createHash('sha256').update(unknownKey).digest('base64'));
      }
      const tooMany =
        (unknownKey && tried.guesses.size > guessesMax) || (refusalsMax > 0 && tried.refusals > refusalsMax);
      if (!tooMany) return undefined;
      return new Failure('RATE_LIMITED', { retryAfterSeconds: (windowEndsAt - now) / 1000 });
    },
  };
}
