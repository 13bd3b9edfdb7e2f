import { readFields } from '../src/wire/reader.ts';

/** The message that opens a session, as far as Baileys looks into it: without version byte. */
export const PreKeyWhisperMessage = {
  decode(message: Uint8Array): { identityKey: Uint8Array | undefined } {
    return { identityKey: readFields(message).bytes(3) };
  },
};
