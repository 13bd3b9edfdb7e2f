import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import { type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { behind, type Slice } from '../../platform/slice.ts';
import { isRowOf, type Tenancy } from '../../platform/tenancy.ts';
import type { HooksTable } from './hooks.tables.ts';

export type HookRow = Selectable<HooksTable>;

/** The only SQL about hooks. */
export function createHookStore(db: Db) {
  return {
    db,

    list(tenancy: Tenancy, page: Slice): Promise<HookRow[]> {
      return db
        .selectFrom('hooks')
        .selectAll()
        .where(isRowOf(tenancy, 'hooks'))
        .where(behind(page, { at: 'created_at', id: 'id' }, 'down'))
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(page.limit)
        .offset(page.offset)
        .execute();
    },

    find(tenancy: Tenancy, id: string): Promise<HookRow | undefined> {
      return db
        .selectFrom('hooks')
        .selectAll()
        .where(isRowOf(tenancy, 'hooks'))
        .where('id', '=', id)
        .executeTakeFirst();
    },

    /** The hook behind an address, if it is switched on. */
    findByToken(tokenHash: Buffer): Promise<HookRow | undefined> {
      return db
        .selectFrom('hooks')
        .selectAll()
        .where('token_hash', '=', tokenHash)
        .where('enabled', '=', true)
        .executeTakeFirst();
    },

    /** Locks the profile first. @returns undefined when it is gone, false when the organisation has as many as fit */
    async insert(
      tx: Tx,
      row: Insertable<HooksTable>,
      hooksMax: number,
    ): Promise<HookRow | false | undefined> {
      const profile = await tx
        .selectFrom('profiles')
        .select('id')
        .where('id', '=', row.profile_id)
        .forKeyShare()
        .executeTakeFirst();
      if (!profile) return undefined;
      const { count } = await tx
        .selectFrom('hooks')
        .select(sql<number>`count(*)::int`.as('count'))
        .where('organization_id', '=', row.organization_id)
        .executeTakeFirstOrThrow();
      if (count >= hooksMax) return false;
      return tx.insertInto('hooks').values(row).returningAll().executeTakeFirstOrThrow();
    },

    update(
      tx: Tx,
      tenancy: Tenancy,
      id: string,
      change: Updateable<HooksTable>,
    ): Promise<HookRow | undefined> {
      return tx
        .updateTable('hooks')
        .set(change)
        .where(isRowOf(tenancy, 'hooks'))
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst();
    },

    async remove(tx: Tx, tenancy: Tenancy, id: string): Promise<boolean> {
      const { numDeletedRows } = await tx
        .deleteFrom('hooks')
        .where(isRowOf(tenancy, 'hooks'))
        .where('id', '=', id)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },

    /** The country of local numbers: the profile's, else the organisation's. */
    async countryOf(profileId: string): Promise<string | null> {
      const row = await db
        .selectFrom('profiles')
        .innerJoin('organizations', 'organizations.id', 'profiles.organization_id')
        .select((row) =>
          row.fn.coalesce('profiles.default_country', 'organizations.default_country').as('country'),
        )
        .where('profiles.id', '=', profileId)
        .executeTakeFirst();
      return row?.country ?? null;
    },

    /** Runs the work in a transaction. */
    inTransaction: <T>(work: (tx: Tx) => Promise<T>) => inTransaction(db, work),
  };
}

export type HookStore = ReturnType<typeof createHookStore>;
