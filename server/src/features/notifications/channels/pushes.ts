import type { NotificationRow } from '../notifications.tables.ts';
import { type NewPush, pushTopic } from '../push/deliveries.store.ts';

/** More than these at once are told in one. */
const singlesMax = 3;
const urgent = ['message', 'disconnection', 'security'];

/** What browsers are sent: one push for each notification, or one for many. */
export function pushesOf(rows: readonly NotificationRow[], now: Date): NewPush[] {
  const byPerson = Map.groupBy(rows, (row) => row.user_id);
  return [...byPerson].flatMap(([userId, due]) =>
    due.length <= singlesMax ? due.map((row) => single(userId, row)) : [summary(userId, due, now)],
  );
}

function single(userId: string, row: NotificationRow): NewPush {
  const title = row.count > 1 ? `${row.title} (${row.count})` : row.title;
  return {
    userId,
    notificationId: row.shown ? row.id : null,
    topic: pushTopic(row.id),
    payload: payloadOf(title, row.body, row.updated_at, {
      ...{ notificationId: row.id, type: row.kind, count: row.count },
      ...row.metadata,
    }),
    urgency: urgent.includes(row.kind) ? 'high' : 'normal',
  };
}

function summary(userId: string, rows: readonly NotificationRow[], now: Date): NewPush {
  const names = [...new Set(rows.map(({ title }) => title))].slice(0, singlesMax).join(', ');
  return {
    userId,
    notificationId: null,
    // Of one person there is one that waits; the next takes its place.
    topic: 'summary',
    payload: payloadOf(`${rows.length} new notifications`, `${names} …`, now, { count: rows.length }),
    urgency: 'normal',
  };
}

/** What the service worker of a dashboard shows; far below the 4 kB that push services take. */
export function payloadOf(title: string, body: string, at: Date, data: Record<string, unknown>): string {
  const url = typeof data.conversationId === 'string' ? `/inbox/${data.conversationId}` : '/notifications';
  return JSON.stringify({
    ...{ title, body, icon: '/icon-192.png', badge: '/badge-72.png', tag: data.notificationId },
    ...{ data: { url, ...data }, timestamp: at.getTime() },
  });
}
