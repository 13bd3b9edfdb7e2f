import type { SignedPreKey } from '../accounts/account.ts';
import type { PreKey } from '../accounts/prekeys.ts';
import { verifySignature } from '../keys.ts';
import { type BinaryNode, bytes, child, uint } from '../wire/node.ts';

const KEY_TYPE = Buffer.from([5]);
/** So many one-time keys may come at once; clients upload 812 at most. */
export const PREKEYS_AT_ONCE_MAX = 1000;

/** Whether the identity key of a device has signed this prekey. */
export function isSigned(identity: Uint8Array, key: Pick<SignedPreKey, 'public' | 'signature'>): boolean {
  return verifySignature(identity, Buffer.concat([KEY_TYPE, key.public]), key.signature);
}

/** The one-time keys of an upload; undefined when one is malformed or an id comes twice. */
export function preKeysIn(nodes: BinaryNode[]): PreKey[] | undefined {
  const keys = new Map<number, PreKey>();
  for (const each of nodes) {
    const id = uint(child(each, 'id'));
    const value = bytes(child(each, 'value'));
    if (id === undefined || value?.length !== 32 || keys.has(id)) return undefined;
    keys.set(id, { id, public: value });
  }
  return [...keys.values()];
}
