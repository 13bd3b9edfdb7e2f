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
  timestamp: Date;
  created_at: Date;
}

declare module '../../platform/db/tables.ts' {
  interface Tables {
    statuses: StatusesTable;
  }
}
