import { proto } from 'baileys';
import type { Address } from '../accounts/account.ts';
import { verifySignature } from '../keys.ts';

const ACCOUNT_SIGNATURE = Buffer.from([6, 0]);
const DEVICE_SIGNATURE = Buffer.from([6, 1]);
const KNOWN_MAX = 2000;

/** Whether the `device-identity` that a companion sends along is the one it was paired with. Signatures are verified once. */
export class IdentityCheck {
  readonly #known = new Map<string, Buffer>();

  /** What is wrong with the bytes; undefined when all is well. */
  problem({ account, device }: Address, sent: Buffer): string | undefined {
    const companion = account.devices.get(device);
    if (!companion) return 'this device is not linked';
    const key = `${account.number}:${device}:${account.keys.rawId}`;
    if (this.#known.get(key)?.equals(sent)) return undefined;
    try {
      const signed = proto.ADVSignedDeviceIdentity.decode(sent);
      const details = Buffer.from(signed.details ?? []);
      const { keyIndex } = proto.ADVDeviceIdentity.decode(details);
      const identity = account.keys.identity.public;
      const byAccount = Buffer.concat([ACCOUNT_SIGNATURE, details, companion.identity]);
      const byDevice = Buffer.concat([DEVICE_SIGNATURE, details, companion.identity, identity]);
      if (keyIndex !== companion.keyIndex) return `key index ${keyIndex} instead of ${companion.keyIndex}`;
      if (!verifySignature(identity, byAccount, signed.accountSignature ?? new Uint8Array()))
        return 'the account signature is not true';
      if (!verifySignature(companion.identity, byDevice, signed.deviceSignature ?? new Uint8Array()))
        return 'the device signature is not true';
    } catch {
      return 'the bytes are no identity';
    }
    if (this.#known.size >= KNOWN_MAX) this.#known.clear();
    this.#known.set(key, Buffer.from(sent));
    return undefined;
  }
}
