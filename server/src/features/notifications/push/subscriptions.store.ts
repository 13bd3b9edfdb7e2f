import { sql } from 'kysely';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import type { PushSubscriptionRow } from './push.tables.ts';

export type SubscriptionStore = ReturnType<typeof createSubscriptionStore>;

/** Browsers that want pushes. */
export function createSubscriptionStore(db: Db) {
  return {
    /** The newest first. */
    async list(userId: string): Promise<PushSubscriptionRow[]> {
      return db
        .selectFrom('push_subscriptions')
        .selectAll()
        .where('user_id', '=', userId)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .execute();
    },

    /** Of one endpoint there is one: it goes to whoever subscribed last. What waits for it goes with the one before. */
    async subscribe(
      tx: Tx,
      row: Omit<PushSubscriptionRow, 'last_success_at' | 'last_error'>,
      kept: number,
    ): Promise<void> {
      await tx.deleteFrom('push_subscriptions').where('endpoint', '=', row.endpoint).execute();
      await tx.insertInto('push_subscriptions').values(row).execute();
      await sql`
        delete from push_subscriptions where id in (
          select id from push_subscriptions where user_id = ${row.user_id}
          order by created_at desc, id desc offset ${kept})`.execute(tx);
    },

    async unsubscribe(userId: string, endpoint: string): Promise<boolean> {
      const { numDeletedRows } = await db
        .deleteFrom('push_subscriptions')
        .where('user_id', '=', userId)
        .where('endpoint', '=', endpoint)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },

    /** The push service says that it is gone. */
    async remove(id: string): Promise<void> {
      await db.deleteFrom('push_subscriptions').where('id', '=', id).execute();
    },

    /** How the last attempt went; `error` null: well. */
    async note(id: string, error: string | null, now: Date): Promise<void> {
      await db
        .updateTable('push_subscriptions')
        .set(error === null ? { last_success_at: now, last_error: null } : { last_error: error })
        .where('id', '=', id)
        .execute();
    },
  };
}
