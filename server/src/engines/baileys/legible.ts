import { proto, unpadRandomMax16, writeRandomPadMax16 } from 'baileys';

/**
 * A plaintext as Baileys may have it. Of one that is no message Baileys thinks that the keys were wrong, and asks the
 * sender for it five times over; it would be sent the same bytes. So it gets a message that says nothing.
 */
export function legible(plaintext: Uint8Array): Uint8Array {
  return messageIn(plaintext) ? plaintext : writeRandomPadMax16(new Uint8Array());
}

/** The message in a padded plaintext; undefined when it is none. */
export function messageIn(plaintext: Uint8Array): proto.Message | undefined {
  try {
    return proto.Message.decode(unpadRandomMax16(plaintext));
  } catch {
    return undefined;
  }
}
