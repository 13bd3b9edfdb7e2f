import type { Identity } from '../keys.ts';

/** A linked companion: what WhatsApp's server knows of it. Public keys are 32 bytes. */
export interface Device {
  readonly number: string;
  readonly device: number;
  readonly noisePublic: Buffer;
  readonly identity: Buffer;
  readonly registrationId: number;
  signedPreKey: SignedPreKey;
  readonly keyIndex: number;
  readonly platform: string;
  /** True once the phone has given it app-state keys and history. */
  broughtUp: boolean;
  readonly pairedAt: number;
}

export interface SignedPreKey {
  readonly id: number;
  readonly public: Buffer;
  readonly signature: Buffer;
}

/** Keys of the phone itself (device 0), all derived from the network's master seed. */
export interface PhoneKeys {
  readonly identity: Identity;
  readonly signedPreKey: SignedPreKey & { readonly private: Buffer };
  readonly registrationId: number;
  /** `rawId` of the ADV identities this phone signs. */
  readonly rawId: number;
}

/** One person: a phone number, its linked identity (LID) and its devices. */
export interface Account {
  readonly number: string;
  readonly lid: string;
  name: string;
  /** Whether the phone itself is switched on. */
  online: boolean;
  /** Number and key index of the next companion; never reused. */
  nextDevice: number;
  /** Change when the person installs the phone anew. */
  readonly keys: PhoneKeys;
  /** When a companion last came or went, unix milliseconds. */
  devicesChangedAt: number;
  readonly devices: Map<number, Device>;
}

/** One device of one person; device 0 is the phone. */
export interface Address {
  readonly account: Account;
  readonly device: number;
}

/** The name of a device among all of them: `PN:5`. */
export function deviceKey({ account, device }: Address): string {
  return `${account.number}:${device}`;
}

/** `PN@s.whatsapp.net`, or with a device `PN:5@s.whatsapp.net`. */
export function pnJid(account: Account, device = 0): string {
  return device === 0 ? `${account.number}@s.whatsapp.net` : `${account.number}:${device}@s.whatsapp.net`;
}

/** `LID@lid`, or with a device `LID:5@lid`. */
export function lidJid(account: Account, device = 0): string {
  return device === 0 ? `${account.lid}@lid` : `${account.lid}:${device}@lid`;
}

/** Both names of an account, for what may be said under either. */
export function namesOf(account: Account): string[] {
  return [pnJid(account), lidJid(account)];
}

/** The account's name for a chat that is addressed by LID or by phone number. */
export function jidIn(mode: 'pn' | 'lid', account: Account, device = 0): string {
  return mode === 'lid' ? lidJid(account, device) : pnJid(account, device);
}

/** A JID without its device. */
export function withoutDevice(jid: string | undefined): string {
  return (jid ?? '').replace(/:\d+@/, '@');
}
