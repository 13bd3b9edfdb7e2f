import type { SignalDataSet } from 'baileys';
import type { JournalEntry } from './journal-entry.ts';

/** A key as text, or null when it is to be removed. */
export interface PendingKey {
  type: string;
  id: string;
  text: string | null;
}

/** What has been asked for since the last commit: it goes to PostgreSQL as one statement. */
export interface PendingChange {
  keys: Map<string, PendingKey>;
  journal: Map<string, JournalEntry>;
  settled: Set<string>;
  credentials: boolean;
  /** A frame may be made with what is in it, or tell of it. */
  holdsFrames: boolean;
  /** It is not left to go along with another commit. */
  isUrgent: boolean;
  done: Promise<void>;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * A journal entry passes through the key transaction as a key of this type: so it commits with the ratchet
 * that made its plaintext, or not at all.
 */
export const journalType = 'multiwa-journal';

/** Key data and journal entries of one transaction. */
export type StoredData = SignalDataSet & { [journalType]?: Record<string, JournalEntry> };

export function emptyChange(): PendingChange {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // Callers that wait for the commit get its failure; a commit nobody waits for must not end the process.
  promise.catch(() => undefined);
  return {
    keys: new Map(),
    journal: new Map(),
    settled: new Set(),
    credentials: false,
    holdsFrames: false,
    isUrgent: false,
    done: promise,
    resolve,
    reject,
  };
}

export function keyName(type: string, id: string): string {
  return `${type}/${id}`;
}
