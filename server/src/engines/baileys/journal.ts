import type { Vault } from '../../platform/crypto.ts';
import { afterCommit, type Db, type Tx } from '../../platform/db/transaction.ts';
import type { IncomingMessage, Settle, SettlePart } from '../port.ts';
import { createBoundedMap } from './bounded-map.ts';
import { hashOf, type JournalEntry, readEntry } from './journal-entry.ts';
import { journalContext } from './key-store.ts';
import { journalEntry, journalOf, settledWhen, settleJournal } from './login.store.ts';

/**
 * What has been decrypted and not yet stored. A ciphertext decrypts once; when the process dies, or the
 * network delivers it again, its plaintext is found here.
 */
export interface Journal {
  /** Entries left over by an earlier connection, oldest first. */
  leftOver(): Promise<JournalEntry[]>;
  entryFor(
    ciphertext: Uint8Array,
    part: Pick<JournalEntry, 'attrs' | 'encryption' | 'plaintext'>,
  ): JournalEntry;
  /** Remembers that the entry is stored, so that it answers a repeated ciphertext. */
  holds(entry: JournalEntry): void;
  /** The plaintext of a ciphertext that was decrypted before on this connection or left over from another. */
  answer(ciphertext: Uint8Array): Promise<Uint8Array | undefined>;
  /** Notes which messages came from an entry: it is removed with the last of them. */
  brings(entry: JournalEntry, messages: readonly IncomingMessage[]): void;
  settle: Settle;
}

/** Settled plaintexts in memory, for a server that missed our receipt and delivers the ciphertext again. */
const settledMax = 200;

export function createJournal(options: { db: Db; vault: Vault; profileId: string }): Journal {
  const { db, vault, profileId } = options;
  const open = new Set<string>();
  const settled = createBoundedMap<string, Uint8Array>(settledMax);
  const originOf = new WeakMap<IncomingMessage, { entry: JournalEntry; unsettled: Set<IncomingMessage> }>();
  let order = 0;

  const read = (hash: Buffer, value: Buffer) =>
    readEntry(vault.openText(value, journalContext(profileId, hash.toString('hex'))));

  /** The entries of which nothing else is unsettled, and what to remember when these messages are settled. */
  function whole(messages: readonly IncomingMessage[]) {
    const stored = new Set(messages);
    const origins = new Set(messages.map((message) => originOf.get(message)).filter((origin) => !!origin));
    const done = [...origins].filter(({ unsettled }) => unsettled.isSubsetOf(stored));
    return {
      hashes: done.map(({ entry }) => Buffer.from(entry.hash, 'hex')),
      committed() {
        for (const { unsettled } of origins) for (const message of stored) unsettled.delete(message);
        for (const { entry } of done) {
          open.delete(entry.hash);
          settled.set(entry.hash, entry.plaintext);
        }
      },
    };
  }

  return {
    async leftOver() {
      const rows = await journalOf(db, profileId);
      const entries = rows.map((row) => ({ at: row.created_at.getTime(), entry: read(row.hash, row.value) }));
      entries.sort((a, b) => a.at - b.at || a.entry.order - b.entry.order);
      for (const { entry } of entries) open.add(entry.hash);
      return entries.map(({ entry }) => entry);
    },
    entryFor: (ciphertext, part) => ({ ...part, hash: hashOf(ciphertext), order: ++order }),
    holds: (entry) => void open.add(entry.hash),
    async answer(ciphertext) {
      const hash = hashOf(ciphertext);
      const plaintext = settled.get(hash);
      if (plaintext || !open.has(hash)) return plaintext;
      const sealed = await journalEntry(db, profileId, Buffer.from(hash, 'hex'));
      return sealed && read(Buffer.from(hash, 'hex'), sealed).plaintext;
    },
    brings(entry, messages) {
      const origin = { entry, unsettled: new Set(messages) };
      for (const message of messages) originOf.set(message, origin);
    },
    settle: Object.assign(
      async (tx: Tx, messages: readonly IncomingMessage[]) => {
        const { hashes, committed } = whole(messages);
        if (hashes.length > 0) await settleJournal(tx, profileId, hashes);
        afterCommit(tx, committed);
      },
      {
        within(messages: readonly IncomingMessage[]): SettlePart {
          const { hashes, committed } = whole(messages);
          return { part: (condition) => settledWhen(condition, profileId, hashes), committed };
        },
      },
    ),
  };
}
