import { wipe } from '../constant-time.ts';
import { agree, forget, generateKeyPair, type KeyPair } from '../curve/key-pair.ts';
import { hkdf } from '../kdf.ts';
import { turnRoot } from './ratchet.ts';
import type { Session } from './session.ts';

const info = Buffer.from('WhisperText');
/** What X3DH puts before the secrets of a curve with 32-byte keys. */
const discontinuity = Buffer.alloc(32, 0xff);

/** Keys of a device that somebody wants to write to, each public one with its type byte. */
export interface RemoteKeys {
  readonly registrationId: number;
  readonly identityKey: Uint8Array;
  readonly signedPreKey: { readonly keyId: number; readonly publicKey: Uint8Array };
  readonly preKey: { readonly keyId: number; readonly publicKey: Uint8Array } | undefined;
}

/** Opens a session towards a device (X3DH as its initiator). */
export function openTowards(identity: KeyPair, remote: RemoteKeys): Session {
  const base = generateKeyPair();
  const { signedPreKey, preKey, identityKey } = remote;
  const { rootKey } = derive([
    agree(identity, signedPreKey.publicKey),
    agree(base, identityKey),
    agree(base, signedPreKey.publicKey),
    ...(preKey ? [agree(base, preKey.publicKey)] : []),
  ]);
  forget(base.pubKey);
  wipe(base.privKey);
  const ratchet = generateKeyPair();
  const turned = turnRoot(rootKey, ratchet, signedPreKey.publicKey);
  wipe(rootKey);
  return {
    registrationId: remote.registrationId,
    baseKey: base.pubKey,
    isOurs: true,
    remoteIdentity: identityKey,
    rootKey: turned.rootKey,
    ratchet,
    remoteRatchetKey: signedPreKey.publicKey,
    previousCounter: 0,
    sending: turned.chain,
    receiving: [],
    pending: { preKeyId: preKey?.keyId, signedPreKeyId: signedPreKey.keyId },
  };
}

/** Keys of ours that a first message names. */
export interface OwnKeys {
  readonly identity: KeyPair;
  readonly signedPreKey: KeyPair;
  readonly preKey: KeyPair | undefined;
}

/** Who opened a session with us, and with which key. */
export interface Opener {
  readonly registrationId: number;
  readonly identityKey: Uint8Array;
  readonly baseKey: Uint8Array;
}

/** The other end of a session that somebody opened (X3DH as its responder). Its ratchet turns with their first message. */
export function answerOpener(own: OwnKeys, opener: Opener): Session {
  const { signedPreKey, preKey } = own;
  const { rootKey, chainKey } = derive([
    agree(signedPreKey, opener.identityKey),
    agree(own.identity, opener.baseKey),
    agree(signedPreKey, opener.baseKey),
    ...(preKey ? [agree(preKey, opener.baseKey)] : []),
  ]);
  return {
    registrationId: opener.registrationId,
    baseKey: opener.baseKey,
    isOurs: false,
    remoteIdentity: opener.identityKey,
    rootKey,
    ratchet: signedPreKey,
    remoteRatchetKey: opener.baseKey,
    previousCounter: 0,
    sending: { next: 0, key: chainKey },
    receiving: [],
    pending: undefined,
  };
}

function derive(secrets: Buffer[]): { rootKey: Buffer; chainKey: Buffer } {
  const all = Buffer.concat([discontinuity, ...secrets]);
  const derived = hkdf(all, info, 64);
  wipe(all, ...secrets);
  return { rootKey: derived.subarray(0, 32), chainKey: derived.subarray(32) };
}
