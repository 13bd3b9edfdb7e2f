import type { Generated, GeneratedAlways } from 'kysely';

interface EngineCredentialsTable {
  profile_id: string;
  value: Buffer;
  updated_at: Date;
}
interface EngineKeysTable {
  profile_id: string;
  type: string;
  id: string;
  value: Buffer;
}
interface EngineJournalTable {
  profile_id: string;
  hash: Buffer;
  stanza_id: string;
  value: Buffer;
  created_at: Date;
}

/** A file that a profile has put at the network. */
interface EngineUploadsTable {
  profile_id: string;
  /** Of the plain file. */
  sha256: Buffer;
  type: string;
  value: Buffer;
  uploaded_at: Date;
}

/** What the phone told of the past and is not stored yet, in the order in which it came. */
interface EngineHistoryTable {
  profile_id: string;
  /** Of the ciphertext that brought it. */
  hash: Buffer;
  seq: GeneratedAlways<number>;
  value: Buffer;
  /** How many of its messages are. */
  stored: Generated<number>;
  created_at: Date;
}

declare module '../../platform/db/tables.ts' {
  interface Tables {
    engine_credentials: EngineCredentialsTable;
    engine_keys: EngineKeysTable;
    engine_journal: EngineJournalTable;
    engine_uploads: EngineUploadsTable;
    engine_history: EngineHistoryTable;
  }
}
