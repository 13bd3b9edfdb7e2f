export {};

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

declare module '../../platform/db/tables.ts' {
  interface Tables {
    engine_credentials: EngineCredentialsTable;
    engine_keys: EngineKeysTable;
    engine_journal: EngineJournalTable;
    engine_uploads: EngineUploadsTable;
  }
}
