import { wipe } from './constant-time.ts';
import { MessageCounterError, SessionError } from './errors.ts';
import { hmac } from './kdf.ts';
import { type SkippedKeys, skippedMax } from './skipped-keys.ts';

const ofMessage = Buffer.from([1]);
const ofChain = Buffer.from([2]);

/** A symmetric ratchet: the key that makes the seed of message `next`, and of every one after it. Never changes. */
export interface ChainKey {
  readonly next: number;
  readonly key: Uint8Array;
}

/** What a message is encrypted with, and the chain after it. */
export function step({ next, key }: ChainKey): { seed: Buffer; chain: ChainKey } {
  return { seed: hmac(key, ofMessage), chain: { next: next + 1, key: hmac(key, ofChain) } };
}

/**
 * The seed of a message ahead, found by turning a copy of the chain: until the message has proved true nothing else is
 * worth the work.
 */
export function seedAhead(chain: ChainKey, counter: number): Buffer {
  let key = chain.key;
  for (let at = chain.next; at < counter; at++) {
    const following = hmac(key, ofChain);
    if (key !== chain.key) wipe(key);
    key = following;
  }
  const seed = hmac(key, ofMessage);
  if (key !== chain.key) wipe(key);
  return seed;
}

/** The chain past a message that proved true, with the seeds of those that it overtook. */
export function advance(
  chain: ChainKey,
  skipped: SkippedKeys,
  counter: number,
): { chain: ChainKey; skipped: SkippedKeys } {
  const added: { counter: number; seed: Buffer }[] = [];
  let at = chain;
  while (at.next < counter) {
    // Of a leap beyond all that is kept only the last keys are made.
    if (counter - at.next <= skippedMax) added.push({ counter: at.next, seed: hmac(at.key, ofMessage) });
    at = { next: at.next + 1, key: hmac(at.key, ofChain) };
  }
  const kept = skipped.with(added);
  wipe(...added.map(({ seed }) => seed));
  return { chain: { next: at.next + 1, key: hmac(at.key, ofChain) }, skipped: kept };
}

/**
 * Finds the seed of a message, ahead or overtaken.
 * @throws MessageCounterError when it was used already
 * @throws SessionError when it is further ahead than `leapMax`, or may be kept no more
 */
export function seedFor(chain: ChainKey, skipped: SkippedKeys, counter: number, leapMax: number): Buffer {
  if (counter < chain.next) {
    const seed = skipped.seedOf(counter);
    if (seed) return seed;
    // Where so many wait, the key may have been dropped for newer ones: then the message never came.
    if (skipped.count >= skippedMax) throw new SessionError('The key of this message may be kept no more');
    throw new MessageCounterError('Key used already or never filled');
  }
  if (counter - chain.next > leapMax) {
    throw new SessionError(`Over ${leapMax} messages into the future!`);
  }
  return seedAhead(chain, counter);
}
