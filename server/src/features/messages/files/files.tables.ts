/** The file of a message that arrived: where it lies at the network, and whether we have it. */
export interface MessageFilesTable {
  message_id: string;
  organization_id: string;
  profile_id: string;
  /** Of the engine, sealed. */
  reference: Buffer;
  /** What the sender says of it. */
  said_bytes: number | null;
  said_mimetype: string | null;
  /** `waiting` to be fetched, `stored`, or `unavailable`. */
  state: 'waiting' | 'stored' | 'unavailable';
  /** When it is to be tried; null unless it waits. */
  due_at: Date | null;
  attempts: number;
  created_at: Date;
}

declare module '../../../platform/db/tables.ts' {
  interface Tables {
    message_files: MessageFilesTable;
  }
}
