import type { ChainKey } from '../chain.ts';
import { isSame } from '../constant-time.ts';
import type { SkippedKeys } from '../skipped-keys.ts';

/** What the owner of a sender key signs with: the seed of its key, or (kept by others) the private key. */
export interface Signing {
  readonly kind: 'seed' | 'private';
  readonly key: Uint8Array;
}

/** One sender key of one device. It never changes: a step makes another one. */
export interface SenderKeyState {
  readonly id: number;
  /** The first message that can be read with it. */
  readonly since: number;
  readonly chain: ChainKey;
  readonly skipped: SkippedKeys;
  /** With its type byte. */
  readonly signingKey: Uint8Array;
  /** There only with the owner. */
  readonly signing: Signing | undefined;
}

/** As many keys of one device as the network's clients keep. */
export const statesMax = 5;

/** Puts what a key has become in its place; one that is new comes first, and others of its number go. */
export function withState(states: readonly SenderKeyState[], state: SenderKeyState): SenderKeyState[] {
  if (states.some((each) => isSameKey(each, state))) {
    return states.map((each) => (isSameKey(each, state) ? state : each));
  }
  return [state, ...states.filter(({ id }) => id !== state.id)].slice(0, statesMax);
}

export function isSameKey(one: SenderKeyState, other: { id: number; signingKey: Uint8Array }): boolean {
  return one.id === other.id && isSame(one.signingKey, other.signingKey);
}
