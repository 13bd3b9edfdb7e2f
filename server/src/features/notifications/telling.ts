import type { Log } from '../../platform/log.ts';
import type { Personal } from '../../platform/personal.ts';
import type { MadeNotification } from './fan-out.sql.ts';
import { presentNotification } from './notifications.present.ts';
import type { NotificationStore } from './notifications.store.ts';

/** A person keeps so many notifications; older ones go. */
const keptPerPerson = 1_000;
/** After so many new ones of a person this node looks whether they have more. */
const lookEvery = 100;
const countedMax = 10_000;

/** What follows a batch of notifications: the sockets of their people hear of it, and old ones give way. */
export function createTelling(deps: { log: Log; personal: Personal; store: NotificationStore }) {
  const { log, personal, store } = deps;
  const madeFor = new Map<string, number>();
  const trims = new Set<Promise<void>>();

  function trim(userIds: readonly string[]): void {
    const under = store
      .trim(userIds, keptPerPerson)
      .catch((error: unknown) => log.warn({ err: error }, 'Old notifications could not be deleted'))
      .finally(() => trims.delete(under));
    trims.add(under);
  }

  function count(rows: readonly MadeNotification[]): void {
    const due: string[] = [];
    for (const { user_id: userId } of rows) {
      // Begun as if many were there: what an earlier process made is not counted here.
      const made = (madeFor.get(userId) ?? lookEvery - 1) + 1;
      if (made >= lookEvery) due.push(userId);
      madeFor.set(userId, made % lookEvery);
    }
    if (madeFor.size > countedMax) madeFor.clear();
    if (due.length > 0) trim(due);
  }

  return {
    made(rows: readonly MadeNotification[]): void {
      const shown = rows.filter((row) => row.shown);
      personal.tell(
        shown.map((row) => ({
          userId: row.user_id,
          name: row.is_new ? 'notification.created' : 'notification.updated',
          payload: presentNotification(row),
        })),
      );
      count(rows.filter((row) => row.is_new));
    },
    /** Something of these people was read elsewhere. */
    read(userIds: readonly string[]): void {
      for (const userId of userIds) {
        store.countUnread(userId).then(
          (unread) => personal.tell([{ userId, name: 'notification.unread', payload: { count: unread } }]),
          (error: unknown) => log.debug({ err: error }, 'An unread count could not be told'),
        );
      }
    },
    /** Ends when nothing is being deleted. */
    async settle(): Promise<void> {
      await Promise.all(trims);
    },
  };
}
