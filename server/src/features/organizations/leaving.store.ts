import type { Db, Tx } from '../../platform/db/transaction.ts';

interface Whose {
  userId: string;
  organizationId: string;
}

/** Who leaves, and which organisations are on their way out. */
export function createLeavingStore(db: Db) {
  return {
    /** The role of an active member; undefined once they are gone. */
    async roleOf({ userId, organizationId }: Whose): Promise<string | undefined> {
      const row = await db
        .selectFrom('users')
        .select('role')
        .where('id', '=', userId)
        .where('organization_id', '=', organizationId)
        .where('is_active', '=', true)
        .executeTakeFirst();
      return row?.role;
    },

    /** The person as they stay until the transaction ends. */
    lock(tx: Tx, { userId, organizationId }: Whose) {
      return tx
        .selectFrom('users')
        .select(['id', 'organization_id as organizationId', 'email', 'role'])
        .where('id', '=', userId)
        .where('organization_id', '=', organizationId)
        .forUpdate()
        .executeTakeFirst();
    },

    /** Whether others are members too; nobody joins the organisation until the transaction ends. */
    async hasOthers(tx: Tx, { userId, organizationId }: Whose): Promise<boolean> {
      await tx
        .selectFrom('organizations')
        .select('id')
        .where('id', '=', organizationId)
        .forUpdate()
        .execute();
      const other = await tx
        .selectFrom('users')
        .select('id')
        .where('organization_id', '=', organizationId)
        .where('id', '!=', userId)
        .limit(1)
        .executeTakeFirst();
      return other !== undefined;
    },

    /** Since when the organisation is being erased: null when it is not, undefined when it is gone. */
    async erasingSince(organizationId: string): Promise<Date | null | undefined> {
      const row = await db
        .selectFrom('organizations')
        .select('erasing_at')
        .where('id', '=', organizationId)
        .executeTakeFirst();
      return row?.erasing_at;
    },

    async beingErased(): Promise<string[]> {
      const rows = await db
        .selectFrom('organizations')
        .select('id')
        .where('erasing_at', 'is not', null)
        .execute();
      return rows.map((row) => row.id);
    },
  };
}
export type LeavingStore = ReturnType<typeof createLeavingStore>;
