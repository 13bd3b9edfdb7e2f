import type { Static } from 'typebox';
import { cut, sliceOf } from '../../http/list.ts';
import type { Actor } from '../../platform/actor.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, inTransaction } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import type { Personal } from '../../platform/personal.ts';
import { presentNotification } from './notifications.present.ts';
import type { NotificationsQuery } from './notifications.schema.ts';
import type { NotificationStore } from './notifications.store.ts';

/** What a person does with their notifications. */
export function createNotificationService(deps: {
  db: Db;
  clock: Clock;
  personal: Personal;
  store: NotificationStore;
}) {
  const { db, clock, personal, store } = deps;
  const success = { success: true };

  /** Other windows of the person show the count, too. */
  async function changed(userId: string) {
    personal.tell([
      { userId, name: 'notification.unread', payload: { count: await store.countUnread(userId) } },
    ]);
    return success;
  }

  return {
    async list({ userId }: Actor, query: Static<typeof NotificationsQuery>) {
      const slice = sliceOf(query);
      const { rows, total } = await store.list(userId, { unread: query.unread === true }, slice);
      const { shown, next } = cut(slice, rows, (row) => ({ at: row.updated_at, id: row.id }));
      return { notifications: shown.map(presentNotification), total, nextCursor: next };
    },

    countUnread: async ({ userId }: Actor) => ({ count: await store.countUnread(userId) }),

    async markRead({ userId }: Actor, id: string) {
      if (!(await store.markRead(userId, id, clock.now()))) throw new Failure('NOTIFICATION_NOT_FOUND');
      return changed(userId);
    },

    async markAllRead({ userId }: Actor) {
      await inTransaction(db, (tx) => store.markAllRead(tx, userId, clock.now()));
      return changed(userId);
    },

    async remove({ userId }: Actor, id: string) {
      if (!(await store.remove(userId, id))) throw new Failure('NOTIFICATION_NOT_FOUND');
      return changed(userId);
    },

    async removeAll({ userId }: Actor) {
      await inTransaction(db, (tx) => store.removeAll(tx, userId));
      return changed(userId);
    },
  };
}

export type NotificationService = ReturnType<typeof createNotificationService>;
