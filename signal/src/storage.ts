import type { KeyPair } from './curve/key-pair.ts';
import type { SessionRecord } from './session/record.ts';

type Later<T> = T | Promise<T>;

/** Where sessions and keys are kept. Addresses are those of {@link ProtocolAddress} as text. */
export interface SignalStorage {
  loadSession(address: string): Later<SessionRecord | null | undefined>;
  storeSession(address: string, record: SessionRecord): Later<unknown>;
  /** Whether somebody (the first half of an address) may have this identity. */
  isTrustedIdentity(id: string, identityKey: Uint8Array): Later<boolean>;
  loadPreKey(id: number): Later<KeyPair | null | undefined>;
  /** Called once a session that uses it is stored. */
  removePreKey(id: number): Later<unknown>;
  loadSignedPreKey(id: number): Later<KeyPair | null | undefined>;
  getOurIdentity(): Later<KeyPair>;
  getOurRegistrationId(): Later<number>;
}
