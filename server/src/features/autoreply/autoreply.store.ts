import { type Insertable, sql, type Updateable } from 'kysely';
import type { Tables } from '../../platform/db/tables.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import { isRowOf, type Tenancy } from '../../platform/tenancy.ts';
import type { QuickReplyRow, ReplyHookRow } from './autoreply.tables.ts';

/** The only SQL about quick replies and reply hooks. */
export function createAutoreplyStore(db: Db) {
  return {
    /** Those of the profile and of all; the caller may see the profile. */
    quickReplies(
      { organizationId }: Tenancy,
      { profileId, search }: { profileId: string; search: string },
      max: number,
    ): Promise<QuickReplyRow[]> {
      let query = db
        .selectFrom('quick_replies')
        .selectAll()
        .where('organization_id', '=', organizationId)
        .where((row) => row.or([row('profile_id', '=', profileId), row('profile_id', 'is', null)]));
      if (search !== '') {
        query = query.where(
          sql<boolean>`strpos(lower(concat_ws(chr(10), shortcut, title, message)), lower(${search})) > 0`,
        );
      }
      return query.orderBy('created_at').orderBy('id').limit(max).execute();
    },

    /** The profile's own before that of all. */
    async quickReply(
      tx: Tx,
      profileId: string,
      shortcutKey: string,
    ): Promise<Pick<QuickReplyRow, 'message' | 'attachment'> | undefined> {
      const { rows } = await sql<Pick<QuickReplyRow, 'message' | 'attachment'>>`
        select q.message, q.attachment from profiles p join quick_replies q on q.organization_id = p.organization_id
        where p.id = ${profileId} and q.shortcut_key = ${shortcutKey}
          and (q.profile_id = p.id or q.profile_id is null)
        order by q.profile_id nulls last limit 1`.execute(tx);
      return rows[0];
    },

    /** Locks the profile, or with null the organisation; undefined when it is gone. */
    async countQuickReplies(
      tx: Tx,
      organizationId: string,
      profileId: string | null,
    ): Promise<number | undefined> {
      const owner = await tx
        .selectFrom(profileId === null ? 'organizations' : 'profiles')
        .select('id')
        .where('id', '=', profileId ?? organizationId)
        .forNoKeyUpdate()
        .executeTakeFirst();
      if (!owner) return undefined;
      const { count } = await tx
        .selectFrom('quick_replies')
        .select(sql<number>`count(*)::int`.as('count'))
        .where('organization_id', '=', organizationId)
        .where('profile_id', 'is not distinct from', profileId)
        .executeTakeFirstOrThrow();
      return count;
    },

    insertQuickReply: (tx: Tx, row: Insertable<Tables['quick_replies']>): Promise<QuickReplyRow> =>
      tx.insertInto('quick_replies').values(row).returningAll().executeTakeFirstOrThrow(),

    findQuickReply: (tenancy: Tenancy, id: string): Promise<QuickReplyRow | undefined> =>
      db
        .selectFrom('quick_replies')
        .selectAll()
        .where(isRowOf(tenancy, 'quick_replies'))
        .where('id', '=', id)
        .executeTakeFirst(),

    updateQuickReply(
      tx: Tx,
      tenancy: Tenancy,
      id: string,
      change: Updateable<Tables['quick_replies']>,
    ): Promise<QuickReplyRow | undefined> {
      return tx
        .updateTable('quick_replies')
        .set(change)
        .where(isRowOf(tenancy, 'quick_replies'))
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst();
    },

    async removeQuickReply(tx: Tx, tenancy: Tenancy, id: string): Promise<boolean> {
      const { numDeletedRows } = await tx
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

    async enabledHooks(profileId: string, from: Db | Tx = db): Promise<string[]> {
      const rows = await from
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
