import type { Selectable, Updateable } from 'kysely';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import type { OrganizationsTable } from './organizations.tables.ts';

export type OrganizationRow = Selectable<OrganizationsTable>;

export function createOrganizationStore(db: Db) {
  const own = (from: Db | Tx, organizationId: string) =>
    from.selectFrom('organizations').selectAll().where('id', '=', organizationId);
  return {
    get(organizationId: string, from: Db | Tx = db): Promise<OrganizationRow | undefined> {
      return own(from, organizationId).executeTakeFirst();
    },
    /** As `get`; nobody else changes it until the transaction ends. */
    lock(tx: Tx, organizationId: string): Promise<OrganizationRow | undefined> {
      return own(tx, organizationId).forNoKeyUpdate().executeTakeFirst();
    },
    update(tx: Tx, organizationId: string, change: Updateable<OrganizationsTable>): Promise<OrganizationRow> {
      return tx
        .updateTable('organizations')
        .set(change)
        .where('id', '=', organizationId)
        .returningAll()
        .executeTakeFirstOrThrow();
    },
  };
}
export type OrganizationStore = ReturnType<typeof createOrganizationStore>;
