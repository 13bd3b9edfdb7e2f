import type { Insertable, Selectable } from 'kysely';
import type { Tables } from '../../../platform/db/tables.ts';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import { oldestOrganization } from '../../../platform/oldest-organization.store.ts';

/** What organisations set for their language models. */
export function createProviderStore(db: Db) {
  return {
    find(organizationId: string, tx: Db | Tx = db): Promise<Selectable<Tables['ai_providers']> | undefined> {
      return tx
        .selectFrom('ai_providers')
        .selectAll()
        .where('organization_id', '=', organizationId)
        .executeTakeFirst();
    },

    async put(tx: Tx, row: Insertable<Tables['ai_providers']>): Promise<void> {
      const { settings, secrets, updated_at } = row;
      await tx
        .insertInto('ai_providers')
        .values(row)
        .onConflict((conflict) =>
          conflict.column('organization_id').doUpdateSet({ settings, secrets, updated_at }),
        )
        .execute();
    },

    async remove(tx: Tx, organizationId: string): Promise<void> {
      await tx.deleteFrom('ai_providers').where('organization_id', '=', organizationId).execute();
    },

    oldest: () => oldestOrganization(db),

    inTransaction: <T>(work: (tx: Tx) => Promise<T>) => inTransaction(db, work),
  };
}

export type ProviderStore = ReturnType<typeof createProviderStore>;
