import type { ColumnType, Generated, Selectable } from 'kysely';

interface NotificationsTable {
  id: string;
  organization_id: string;
  user_id: string;
  profile_id: string | null;
  /** The newest event that is counted, and its position in the log. */
  event_id: string;
  position: number;
  kind: string;
  /** While it is unread, events of the same topic are counted in this row. */
  topic: string | null;
  title: string;
  body: string;
  metadata: ColumnType<Record<string, unknown> | null, string | null, string | null>;
  count: Generated<number>;
  /** False: its person wants to hear of it by letter or push only. */
  shown: Generated<boolean>;
  read_at: Date | null;
  created_at: Date;
  /** When the newest event happened: lists are ordered by it. */
  updated_at: Date;
  /** When it goes by letter; null: not, or it went. */
  email_due_at: Date | null;
  push_due_at: Date | null;
  /** When it last went to browsers. */
  pushed_at: Date | null;
}
export type NotificationRow = Selectable<NotificationsTable>;

declare module '../../platform/db/tables.ts' {
  interface Tables {
    notifications: NotificationsTable;
  }
}
