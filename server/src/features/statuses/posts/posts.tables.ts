import type { GeneratedAlways } from 'kysely';
import type { JsonColumn } from '../../../platform/db/json-column.ts';

/** What WhatsApp is told of a status update of ours: that it is there, and that it is taken back. */
export interface StatusPostsTable {
  id: string;
  organization_id: string;
  profile_id: string;
  status_id: string;
  kind: 'posted' | 'revoked';
  wa_message_id: string;
  /** Who is told, as chats. */
  audience: JsonColumn<string[]>;
  /** `queued`, then `sent`, `failed`, `expired` or `cancelled`. */
  state: string;
  seq: GeneratedAlways<number>;
  at: Date;
  /** Until when it may be sent. */
  expires_at: Date;
}

declare module '../../../platform/db/tables.ts' {
  interface Tables {
    status_posts: StatusPostsTable;
  }
}
