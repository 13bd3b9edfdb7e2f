import type { KeyBundle } from '../accounts/prekeys.ts';
import { type BinaryNode, bytes, child, uint } from '../wire/node.ts';

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** The key bundle that a retry receipt brings along from its second attempt on. */
export function bundleInside(receipt: BinaryNode): KeyBundle | undefined {
  const keys = child(receipt, 'keys');
  const skey = child(keys, 'skey');
  const key = child(keys, 'key');
  const registrationId = uint(child(receipt, 'registration'));
  const [identity, value, signature] = [
    bytes(child(keys, 'identity')),
    bytes(child(skey, 'value')),
    bytes(child(skey, 'signature')),
  ];
  const id = uint(child(skey, 'id'));
  if (registrationId === undefined || id === undefined) return undefined;
  if (!identity || identity.length < KEY_BYTES || value?.length !== KEY_BYTES) return undefined;
  if (signature?.length !== SIGNATURE_BYTES) return undefined;
  const [preKeyId, preKey] = [uint(child(key, 'id')), bytes(child(key, 'value'))];
  const isOneTime = preKeyId !== undefined && preKey?.length === KEY_BYTES;
  const oneTime = isOneTime ? { preKey: { id: preKeyId, public: preKey } } : {};
  return {
    registrationId,
    identity: identity.subarray(-KEY_BYTES),
    signedPreKey: { id, public: value, signature },
    ...oneTime,
  };
}
