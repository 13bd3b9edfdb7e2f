/** The file of a status update that arrived; as of messages. */
export interface StatusFilesTable {
  status_id: string;
  organization_id: string;
  profile_id: string;
  /** Of the engine, sealed. */
  reference: Buffer;
  said_bytes: number | null;
  said_mimetype: string | null;
  state: 'waiting' | 'stored' | 'unavailable';
  due_at: Date | null;
  attempts: number;
  created_at: Date;
}

declare module '../../../platform/db/tables.ts' {
  interface Tables {
    status_files: StatusFilesTable;
  }
}
