import type { JsonColumn } from '../../platform/db/json-column.ts';

export interface StatusesTable {
  id: string;
  organization_id: string;
  profile_id: string;
  wa_message_id: string;
  author: string | null;
  author_name: string | null;
  from_me: boolean;
  type: string;
  content: JsonColumn;
  revoked_at: Date | null;
  /** Of those posted from here: `queued`, then `sent`, `failed`, `expired` or `cancelled`. */
  status: string | null;
  failure_code: string | null;
  failure_reason: string | null;
  origin_kind: string | null;
  origin_id: string | null;
  client_reference: string | null;
  /** How many people it was posted to. */
  audience_count: number | null;
  timestamp: Date;
  created_at: Date;
}

declare module '../../platform/db/tables.ts' {
  interface Tables {
    statuses: StatusesTable;
  }
}
