import type { Generated } from 'kysely';

/** Rows only while traces are on. */
export interface MessageTracesTable {
  profile_id: string;
  wa_message_id: string;
  organization_id: string;
  traceparent: string;
  created_at: Generated<Date>;
}

declare module '../db/tables.ts' {
  interface Tables {
    message_traces: MessageTracesTable;
  }
}
