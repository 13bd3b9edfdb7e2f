import type { ColumnType, Generated } from 'kysely';
import type { JsonDefault } from '../../platform/db/json-column.ts';

/** Which messages a webhook hears of, of all that its events are about; what is absent chooses nothing. */
export interface Filters {
  direction?: 'incoming' | 'outgoing' | undefined;
  chatKinds?: string[] | undefined;
  kinds?: string[] | undefined;
  /** In our public form. */
  chats?: string[] | undefined;
  origins?: string[] | undefined;
  exceptOrigins?: string[] | undefined;
}

export interface WebhooksTable {
  id: string;
  organization_id: string;
  profile_id: string | null;
  url: string;
  events: string[];
  headers: JsonDefault<Record<string, string | { sealed: string }>>;
  filters: ColumnType<Filters | null, string | null | undefined, string | null>;
  /** How many deliveries go in one request; null: one, and not as a list. */
  batch_max: number | null;
  /** Deliveries about one conversation go one after the other. */
  ordered: Generated<boolean>;
  /** Permissions its maker lacked: it gets no event that needs one of them. */
  not_hearing: Generated<string[]>;
  secret: Buffer;
  previous_secret: Buffer | null;
  previous_secret_until: Date | null;
  enabled: Generated<boolean>;
  disabled_reason: string | null;
  failing_since: Date | null;
  created_at: Date;
  updated_at: Date;
}
export interface WebhookDeliveriesTable {
  id: string;
  webhook_id: string;
  event_id: string;
  event_name: string;
  /** What is delivered in order: events with the same key. Null where no order was asked for. */
  order_key: string | null;
  message_id: string | null;
  sequence: number | null;
  /** JSON, byte for byte as it is signed and sent. */
  body: string;
  status: Generated<string>;
  attempts: Generated<number>;
  due_at: Date;
  claimed_until: Date | null;
  claimed_by: string | null;
  last_status_code: number | null;
  last_error: string | null;
  created_at: Date;
  finished_at: Date | null;
}
export interface WebhookAttemptsTable {
  id: string;
  delivery_id: string;
  webhook_id: string;
  attempt: number;
  status_code: number | null;
  success: boolean;
  error: string | null;
  response: string | null;
  /** Of an answer that was no success. */
  answer_headers: ColumnType<Record<string, string> | null, string | null | undefined, never>;
  duration_ms: number;
  created_at: Date;
}

/** A stretch of the event log that is delivered again. */
export interface WebhookReplaysTable {
  id: string;
  organization_id: string;
  webhook_id: string;
  status: Generated<string>;
  only_missing: boolean;
  events: string[] | null;
  from_at: Date | null;
  until_at: Date | null;
  after_position: number;
  up_to: number;
  /** Events up to here have been looked at. */
  position: number;
  found: Generated<number>;
  made: Generated<number>;
  error: string | null;
  created_at: Date;
  updated_at: Date;
  finished_at: Date | null;
}

declare module '../../platform/db/tables.ts' {
  interface Tables {
    webhooks: WebhooksTable;
    webhook_deliveries: WebhookDeliveriesTable;
    webhook_attempts: WebhookAttemptsTable;
    webhook_replays: WebhookReplaysTable;
  }
}
