import { proto, unpadRandomMax16, writeRandomPadMax16 } from 'baileys';

/**
 * Changes: Baileys gets an empty message in place of a plaintext that is no message.
 *
 * Why: it would think that the keys were wrong and ask the sender for the message five times over, and be sent the
 * same bytes. What really arrived is told to the application from the journal.
 *
 * In: `baileys/lib/Utils/decode-wa-message.js` (decryptMessageNode).
 */
export function legible(plaintext: Uint8Array): Uint8Array {
  return isMessage(plaintext) ? plaintext : writeRandomPadMax16(new Uint8Array());
}

function isMessage(plaintext: Uint8Array): boolean {
  try {
    proto.Message.decode(unpadRandomMax16(plaintext));
    return true;
  } catch {
    return false;
  }
}
