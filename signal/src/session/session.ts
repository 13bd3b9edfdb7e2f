import type { ChainKey } from '../chain.ts';
import type { KeyPair } from '../curve/key-pair.ts';
import type { SkippedKeys } from '../skipped-keys.ts';

/** A chain of somebody's messages, named by the ratchet key they travel with. */
export interface ReceivingChain {
  readonly ratchetKey: Uint8Array;
  /** Undefined once a newer chain has begun: of this one only overtaken messages can still come. */
  readonly chain: ChainKey | undefined;
  readonly skipped: SkippedKeys;
}

/** What the other side needs to open its end; sent with every message until it has answered. */
export interface PendingPreKey {
  readonly preKeyId: number | undefined;
  readonly signedPreKeyId: number;
}

/**
 * One Double Ratchet with one device. It never changes: a step makes another one, so that a step that fails has changed
 * nothing. Public keys have their type byte.
 */
export interface Session {
  readonly registrationId: number;
  /** Names the session: the key with which its opener opened it. */
  readonly baseKey: Uint8Array;
  readonly isOurs: boolean;
  readonly remoteIdentity: Uint8Array;
  readonly rootKey: Uint8Array;
  /** Our ratchet key and theirs: the next key of theirs turns the ratchet. */
  readonly ratchet: KeyPair;
  readonly remoteRatchetKey: Uint8Array;
  readonly previousCounter: number;
  readonly sending: ChainKey;
  /** The newest first. */
  readonly receiving: readonly ReceivingChain[];
  readonly pending: PendingPreKey | undefined;
}
