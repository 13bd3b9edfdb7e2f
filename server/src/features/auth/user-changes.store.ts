import type { Insertable, Updateable } from 'kysely';
import type { Tx } from '../../platform/db/transaction.ts';
import type { UsersTable } from './auth.tables.ts';
import type { UserRow } from './users.store.ts';

/** Changes of people by other features, in their transactions. */

export function insertUser(tx: Tx, row: Insertable<UsersTable>): Promise<UserRow> {
  return tx.insertInto('users').values(row).returningAll().executeTakeFirstOrThrow();
}

export async function updateUser(
  tx: Tx,
  organizationId: string,
  id: string,
  change: Updateable<UsersTable>,
): Promise<void> {
  await tx
    .updateTable('users')
    .set(change)
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .execute();
}

/** Sets `users.role`; a row that has it already stays untouched. */
export async function setBaseRole(
  tx: Tx,
  organizationId: string,
  id: string,
  role: string,
  now: Date,
): Promise<void> {
  await tx
    .updateTable('users')
    .set({ role, updated_at: now })
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .where('role', '<>', role)
    .execute();
}

/** Deletes the user with sessions, keys, roles and letters. */
export async function removeUser(tx: Tx, organizationId: string, id: string): Promise<void> {
  await tx.deleteFrom('users').where('organization_id', '=', organizationId).where('id', '=', id).execute();
}
