import type { Generated, GeneratedAlways } from 'kysely';
import type { JsonColumn, JsonDefault } from './json-column.ts';

export interface IdempotencyKeysTable {
  organization_id: string;
  caller: Generated<string>;
  key: string;
  route: string;
  body_hash: Buffer;
  status_code: number | null;
  body: JsonColumn<unknown> | null;
  created_at: Date;
  expires_at: Date;
}
export interface AuditLogsTable {
  id: string;
  organization_id: string | null;
  action: string;
  user_id: string | null;
  api_key_id: string | null;
  resource_type: string;
  resource_id: string | null;
  outcome: string;
  metadata: JsonDefault;
  ip_address: string | null;
  user_agent: string | null;
  occurred_at: Date;
}
export interface EventsTable {
  seq: GeneratedAlways<number>;
  id: string;
  position: number | null;
  name: string;
  organization_id: string;
  profile_id: string | null;
  body: JsonColumn;
  occurred_at: Date;
}
export interface EventLogTable {
  id: Generated<boolean>;
  last_position: Generated<number>;
  /** The highest position that was removed for its age; no event behind it was. */
  kept_after: Generated<number>;
}
export interface EventCursorsTable {
  reader: string;
  position: number;
}

/**
 * Every table, for kysely; written by hand beside the migrations. These are the platform's own. A feature adds its
 * tables in `<area>.tables.ts` beside its store:
 *
 *     declare module '../../platform/db/tables.ts' {
 *       interface Tables {
 *         webhooks: WebhooksTable;
 *       }
 *     }
 *
 * Only its owner writes a table, and the guests that its type names with a reason; `npm run check` verifies that.
 */
export interface Tables {
  /** @owner platform/installation.store.ts */
  installation: { id: Generated<boolean>; key_fingerprint: string; created_at: Date };
  /** @owner http */
  idempotency_keys: IdempotencyKeysTable;
  /** @owner platform/audit */
  audit_logs: AuditLogsTable;
  /**
   * @owner platform/events
   * @guest features/events/events.keeps.ts Only a feature can say what is kept of an organisation.
   */
  events: EventsTable;
  /** @owner platform/events */
  event_log: EventLogTable;
  /** @owner platform/events */
  event_cursors: EventCursorsTable;
}
