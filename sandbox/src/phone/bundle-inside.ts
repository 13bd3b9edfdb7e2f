import type { KeyBundle } from '../accounts/prekeys.ts';
import { type BinaryNode, bytes, child, uint } from '../wire/node.ts';

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
  if (registrationId === undefined || id === undefined || !identity || !value || !signature) return undefined;
  const [preKeyId, preKey] = [uint(child(key, 'id')), bytes(child(key, 'value'))];
  const oneTime = preKeyId !== undefined && preKey ? { preKey: { id: preKeyId, public: preKey } } : {};
  return {
    registrationId,
    identity: identity.subarray(-32),
    signedPreKey: { id, public: value, signature },
    ...oneTime,
  };
}
