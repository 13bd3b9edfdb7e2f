import { encryptAes } from '../aes.ts';
import { step } from '../chain.ts';
import { wipe } from '../constant-time.ts';
import { writePreKeyWhisperMessage, writeWhisperMessage } from '../wire/messages.ts';
import { macOf, messageKeys } from './message-keys.ts';
import type { Session } from './session.ts';

/** Who encrypts: the identity with its type byte, and the number the device is registered under. */
export interface Sender {
  readonly identity: Uint8Array;
  readonly registrationId: number;
}

/** Encrypts the next message: the bytes to send, and the session after it. */
export function seal(
  session: Session,
  plaintext: Uint8Array,
  sender: Sender,
): { session: Session; bytes: Buffer; isFirst: boolean } {
  const { seed, chain } = step(session.sending);
  const keys = messageKeys(seed);
  const signed = writeWhisperMessage({
    ratchetKey: session.ratchet.pubKey,
    counter: session.sending.next,
    previousCounter: session.previousCounter,
    ciphertext: encryptAes(keys.cipherKey, keys.iv, plaintext),
  });
  const mac = macOf(keys.macKey, sender.identity, session.remoteIdentity, signed);
  wipe(seed, keys.all);
  const message = Buffer.concat([signed, mac]);
  const next = { ...session, sending: chain };
  const { pending } = session;
  if (!pending) return { session: next, bytes: message, isFirst: false };
  const bytes = writePreKeyWhisperMessage({
    ...pending,
    registrationId: sender.registrationId,
    baseKey: session.baseKey,
    identityKey: sender.identity,
    message,
  });
  return { session: next, bytes, isFirst: true };
}
