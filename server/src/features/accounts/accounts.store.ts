import type { Insertable, Selectable, Updateable } from 'kysely';
import type { AccountsTable } from '../../platform/db/tables.ts';
import type { Db } from '../../platform/db/transaction.ts';

export type AccountRow = Selectable<AccountsTable>;

/** Deleted accounts keep their row for their profiles' sake, but nobody reads it. */
export function createAccountStore(db: Db) {
  const active = (organizationId: string) =>
    db
      .selectFrom('accounts')
      .selectAll()
      .where('organization_id', '=', organizationId)
      .where('status', '=', 'ACTIVE');
  return {
    list(organizationId: string): Promise<AccountRow[]> {
      return active(organizationId).orderBy('created_at', 'desc').orderBy('id', 'desc').execute();
    },
    get(organizationId: string, id: string): Promise<AccountRow | undefined> {
      return active(organizationId).where('id', '=', id).executeTakeFirst();
    },
    insert(row: Insertable<AccountsTable>): Promise<AccountRow> {
      return db.insertInto('accounts').values(row).returningAll().executeTakeFirstOrThrow();
    },
    update(
      organizationId: string,
      id: string,
      change: Updateable<AccountsTable>,
    ): Promise<AccountRow | undefined> {
      return db
        .updateTable('accounts')
        .set(change)
        .where('organization_id', '=', organizationId)
        .where('id', '=', id)
        .where('status', '=', 'ACTIVE')
        .returningAll()
        .executeTakeFirst();
    },
  };
}
export type AccountStore = ReturnType<typeof createAccountStore>;
