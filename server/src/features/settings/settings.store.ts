import type { Insertable, Selectable } from 'kysely';
import { type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import type { OrganizationSettingsTable } from './settings.tables.ts';

export type SettingsRow = Selectable<OrganizationSettingsTable>;

/** The only SQL about settings of organisations. */
export function createSettingsStore(db: Db) {
  return {
    find(organizationId: string, area: string, tx: Db | Tx = db): Promise<SettingsRow | undefined> {
      return tx
        .selectFrom('organization_settings')
        .selectAll()
        .where('organization_id', '=', organizationId)
        .where('area', '=', area)
        .executeTakeFirst();
    },

    async put(tx: Tx, row: Insertable<OrganizationSettingsTable>): Promise<void> {
      const { settings, secrets, updated_at } = row;
      await tx
        .insertInto('organization_settings')
        .values(row)
        .onConflict((conflict) =>
          conflict.columns(['organization_id', 'area']).doUpdateSet({ settings, secrets, updated_at }),
        )
        .execute();
    },

    async remove(tx: Tx, organizationId: string, area: string): Promise<void> {
      await tx
        .deleteFrom('organization_settings')
        .where('organization_id', '=', organizationId)
        .where('area', '=', area)
        .execute();
    },

    /** The e-mail address of a person. */
    async addressOfUser(userId: string): Promise<string | undefined> {
      const row = await db.selectFrom('users').select('email').where('id', '=', userId).executeTakeFirst();
      return row?.email;
    },

    /** Runs the work in a transaction. */
    inTransaction: <T>(work: (tx: Tx) => Promise<T>) => inTransaction(db, work),
  };
}

export type SettingsStore = ReturnType<typeof createSettingsStore>;
