import type { NoticeKind } from '../../platform/events/notice.ts';
import type { NotificationView } from './notifications.schema.ts';
import type { NotificationRow } from './notifications.tables.ts';

/** A notification as its person sees it. */
export function presentNotification(
  row: Pick<
    NotificationRow,
    | 'id'
    | 'user_id'
    | 'kind'
    | 'title'
    | 'body'
    | 'metadata'
    | 'count'
    | 'read_at'
    | 'created_at'
    | 'updated_at'
  >,
): NotificationView {
  return {
    id: row.id,
    userId: row.user_id,
    type: row.kind as NoticeKind,
    title: row.title,
    body: row.body,
    metadata: row.metadata,
    count: row.count,
    isRead: row.read_at !== null,
    readAt: row.read_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
