import type { Generated } from 'kysely';
import type { JsonColumn } from '../../platform/db/json-column.ts';

export interface ScheduledMessagesTable {
  id: string;
  organization_id: string;
  profile_id: string;
  chat: string;
  type: string;
  /** All that it will say, as messages keep it. */
  content: JsonColumn;
  client_reference: string | null;
  /** Who scheduled it. */
  origin_kind: string;
  origin_id: string | null;
  scheduled_at: Date;
  /** When it is handed over; null from then on, and of what never will be. */
  due_at: Date | null;
  /** That ended in a fault of ours. */
  attempts: Generated<number>;
  status: 'pending' | 'sent' | 'failed' | 'cancelled';
  /** The message that it has become. */
  message_id: string | null;
  sent_at: Date | null;
  error_code: string | null;
  error: string | null;
  created_at: Date;
  updated_at: Date;
}

declare module '../../platform/db/tables.ts' {
  interface Tables {
    scheduled_messages: ScheduledMessagesTable;
  }
}
