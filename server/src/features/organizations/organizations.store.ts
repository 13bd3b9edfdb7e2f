import type { Insertable, Selectable, Updateable } from 'kysely';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import { seedRoles } from '../rbac/index.ts';
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

/** Adds an organisation with its system roles. */
export async function insertOrganization(
  tx: Tx,
  row: Insertable<OrganizationsTable> & { created_at: Date },
): Promise<void> {
  await tx.insertInto('organizations').values(row).execute();
  await seedRoles(tx, row.id, row.created_at);
}
