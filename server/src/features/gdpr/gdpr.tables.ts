import type { Generated } from 'kysely';

export interface DataExportsTable {
  id: string;
  organization_id: string;
  user_id: string;
  /** `queued`, `running`, `ready`, `failed`. */
  status: Generated<string>;
  /** `person`, or `organization` when it was made for an owner. */
  covers: Generated<string>;
  /** The attempt that may write: an older one that still runs finds another id here. */
  run_id: string | null;
  attempts: Generated<number>;
  sections_done: Generated<number>;
  sections_total: Generated<number>;
  rows_done: Generated<number>;
  bytes: number | null;
  failure_reason: string | null;
  created_at: Date;
  finished_at: Date | null;
  expires_at: Date | null;
}
interface DataExportChunksTable {
  export_id: string;
  position: number;
  /** Sealed. */
  bytes: Buffer;
}

declare module '../../platform/db/tables.ts' {
  interface Tables {
    data_exports: DataExportsTable;
    data_export_chunks: DataExportChunksTable;
  }
}
