import { proto, unpadRandomMax16, writeRandomPadMax16 } from 'baileys';

/**
 * Changes: Baileys gets an empty message in place of a plaintext that is no message.
 *
 * Why: it would take the keys for wrong and ask the sender for the message five times, and get the same bytes each time.
 * The application learns from the journal what really arrived.
 *
 * In: `baileys/lib/Utils/decode-wa-message.js` (decryptMessageNode).
 */
export function legible(plaintext: Uint8Array): Uint8Array {
  return isMessage(plaintext) ? plaintext : nothing();
}

/** An empty message. */
export const nothing = (): Uint8Array => writeRandomPadMax16(new Uint8Array());

function isMessage(plaintext: Uint8Array): boolean {
  try {
    proto.Message.decode(unpadRandomMax16(plaintext));
    return true;
  } catch {
    return false;
  }
}
