import type { BinaryNode, SignalKeyStoreWithTransaction } from 'baileys';
import type { Journal } from '../journal.ts';
import type { JournalEntry } from '../journal-entry.ts';
import type { EngineKeyStore } from '../key-store.ts';
import { journalType, type StoredData } from '../pending-change.ts';
import { legible, nothing } from './legible.ts';

export interface JournaledDecryptOptions {
  store: EngineKeyStore;
  journal: Journal;
  /** The stanza that a ciphertext came in. */
  stanzaOf(ciphertext: Uint8Array): BinaryNode | undefined;
  /** Called once per decrypted ciphertext, after its keys and journal entry are stored; awaited. */
  onDecrypted(entry: JournalEntry): Promise<void>;
}

/** What is decrypted, and how: `name` is that of its session, whose jobs take turns. */
export interface Decryption {
  ciphertext: Uint8Array;
  encryption: string;
  name: string;
  decrypt(): Promise<Uint8Array>;
}

/**
 * Changes: ratchet and plaintext of a decryption commit as one, and a ciphertext seen before is answered from the
 * journal.
 *
 * Why: a ciphertext can be decrypted only once. If the process dies after the ratchet is stored and before the
 * application has the message, the network sends it again and nobody could read it any more. What is in the journal no
 * more and can't be decrypted again is stored: Baileys gets an empty message in its place, so that the sender hears that it
 * was delivered. A crash had cut that off, and Baileys would refuse what it takes for a fault.
 *
 * In: `baileys/lib/Signal/libsignal.js` (decryptMessage, decryptGroupMessage).
 */
export function journalingDecrypt(keys: SignalKeyStoreWithTransaction, options: JournaledDecryptOptions) {
  const { store, journal, stanzaOf, onDecrypted } = options;

  /** The entry of what was not decrypted before; resolves when it is stored with its ratchet. */
  async function entryOf(stanza: BinaryNode, decryption: Decryption): Promise<JournalEntry> {
    const { ciphertext, encryption, name, decrypt } = decryption;
    const entry = await keys.transaction(async () => {
      const plaintext = await decrypt();
      const record = journal.entryFor(ciphertext, { attrs: stanza.attrs, encryption, plaintext });
      const data: StoredData = { [journalType]: { [record.hash]: record } };
      await keys.set(data);
      return record;
    }, name);
    await store.stored();
    return entry;
  }

  return {
    entryOf,
    /** The plaintext, for Baileys; `begun` is what came of the same when it was begun ahead. */
    async plaintextOf(decryption: Decryption, begun: Promise<JournalEntry | undefined>): Promise<Uint8Array> {
      const { ciphertext, name, decrypt } = decryption;
      const stanza = stanzaOf(ciphertext);
      if (!stanza) {
        const plaintext = await keys.transaction(decrypt, name);
        await store.stored();
        return plaintext;
      }
      const earlier = await journal.answer(ciphertext);
      if (earlier) return legible(earlier);
      const entry = (await begun) ?? (await entryOf(stanza, decryption).catch(unlessRepeated));
      if (!entry) return nothing();
      journal.holds(entry);
      await onDecrypted(entry);
      return legible(entry.plaintext);
    },
  };
}

/**
 * Ratchet, journal and message are stored together, so what was decrypted before is not lost. By its name: Baileys' error
 * may be of another copy of the class.
 */
function unlessRepeated(error: unknown): undefined {
  if (error instanceof Error && error.name === 'MessageCounterError') return undefined;
  throw error;
}
