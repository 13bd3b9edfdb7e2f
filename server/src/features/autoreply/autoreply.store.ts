import { type Insertable, sql, type Updateable } from 'kysely';
import type { Tables } from '../../platform/db/tables.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import { isRowOf, type Tenancy } from '../../platform/tenancy.ts';
import type { QuickReplyRow, ReplyHookRow } from './autoreply.tables.ts';

/** The only SQL about quick replies and reply hooks. */
export function createAutoreplyStore(db: Db) {
  return {
    quickReplies(tenancy: Tenancy, profileId: string, max: number): Promise<QuickReplyRow[]> {
      return db
        .selectFrom('quick_replies')
        .selectAll()
        .where(isRowOf(tenancy, 'quick_replies'))
        .where('profile_id', '=', profileId)
        .orderBy('created_at')
        .orderBy('id')
        .limit(max)
        .execute();
    },

    /** Locks the profile; undefined when it is gone. */
    async countQuickReplies(tx: Tx, profileId: string): Promise<number | undefined> {
      const profile = await tx
        .selectFrom('profiles')
        .select('id')
        .where('id', '=', profileId)
        .forNoKeyUpdate()
        .executeTakeFirst();
      if (!profile) return undefined;
      const { count } = await tx
        .selectFrom('quick_replies')
        .select(sql<number>`count(*)::int`.as('count'))
        .where('profile_id', '=', profileId)
        .executeTakeFirstOrThrow();
      return count;
    },

    insertQuickReply: (tx: Tx, row: Insertable<Tables['quick_replies']>): Promise<QuickReplyRow> =>
      tx.insertInto('quick_replies').values(row).returningAll().executeTakeFirstOrThrow(),

    updateQuickReply(
      tenancy: Tenancy,
      id: string,
      change: Updateable<Tables['quick_replies']>,
    ): Promise<QuickReplyRow | undefined> {
      return db
        .updateTable('quick_replies')
        .set(change)
        .where(isRowOf(tenancy, 'quick_replies'))
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst();
    },

    async removeQuickReply(tenancy: Tenancy, id: string): Promise<boolean> {
      const { numDeletedRows } = await db
        .deleteFrom('quick_replies')
        .where(isRowOf(tenancy, 'quick_replies'))
        .where('id', '=', id)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },

    /** Of a profile that the caller may see. */
    hook(from: Db | Tx, profileId: string, kind: string): Promise<ReplyHookRow | undefined> {
      return from
        .selectFrom('reply_hooks')
        .selectAll()
        .where('profile_id', '=', profileId)
        .where('kind', '=', kind)
        .executeTakeFirst();
    },

    async enabledHooks(profileId: string): Promise<string[]> {
      const rows = await db
        .selectFrom('reply_hooks')
        .select('kind')
        .where('profile_id', '=', profileId)
        .where('enabled', '=', true)
        .orderBy('kind', 'desc')
        .execute();
      return rows.map(({ kind }) => kind);
    },

    async setHook(tx: Tx, row: Insertable<Tables['reply_hooks']>): Promise<ReplyHookRow> {
      const { created_at: _, profile_id: __, kind: ___, ...change } = row;
      return tx
        .insertInto('reply_hooks')
        .values(row)
        .onConflict((conflict) => conflict.columns(['profile_id', 'kind']).doUpdateSet(change))
        .returningAll()
        .executeTakeFirstOrThrow();
    },
  };
}

export type AutoreplyStore = ReturnType<typeof createAutoreplyStore>;
