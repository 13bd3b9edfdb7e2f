import type { Insertable, Selectable, Updateable } from 'kysely';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import { workspaceInReach } from '../../platform/reach.ts';
import { behind, type Slice } from '../../platform/slice.ts';
import type { Tenancy } from '../../platform/tenancy.ts';
import type { WorkspaceRow } from '../workspaces/index.ts';
import type { AccountsTable } from './accounts.tables.ts';

export type AccountRow = Selectable<AccountsTable>;

/**
 * Deleted accounts keep their row for their profiles' sake, but nobody reads it. An account is seen by whoever
 * reaches its workspace.
 */
export function createAccountStore(db: Db) {
  const active = ({ organizationId, reach }: Tenancy, tx: Db | Tx = db) =>
    tx
      .selectFrom('accounts')
      .selectAll()
      .where('organization_id', '=', organizationId)
      .where('status', '=', 'ACTIVE')
      .where(workspaceInReach(reach, 'accounts.workspace_id'));
  const workspaces = ({ organizationId, reach }: Tenancy) =>
    db
      .selectFrom('workspaces')
      .selectAll()
      .where('organization_id', '=', organizationId)
      .where(workspaceInReach(reach, 'workspaces.id'));
  return {
    list(tenancy: Tenancy, page: Slice): Promise<AccountRow[]> {
      return active(tenancy)
        .where(behind(page, { at: 'accounts.created_at', id: 'accounts.id' }, 'down'))
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(page.limit)
        .offset(page.offset)
        .execute();
    },
    get(tenancy: Tenancy, id: string): Promise<AccountRow | undefined> {
      return active(tenancy).where('id', '=', id).executeTakeFirst();
    },
    /** The same row, and nobody else changes it until the transaction ends. */
    lock(tenancy: Tenancy, id: string, tx: Tx): Promise<AccountRow | undefined> {
      return active(tenancy, tx).where('id', '=', id).forNoKeyUpdate().executeTakeFirst();
    },
    insert: insertAccount,
    update(tx: Tx, { organizationId }: Tenancy, id: string, change: Updateable<AccountsTable>) {
      return tx
        .updateTable('accounts')
        .set(change)
        .where('organization_id', '=', organizationId)
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow();
    },
    /** The workspace that is named, or the oldest one. */
    workspaceFor(tenancy: Tenancy, id: string | undefined): Promise<WorkspaceRow | undefined> {
      const query = id === undefined ? workspaces(tenancy) : workspaces(tenancy).where('id', '=', id);
      return query.orderBy('created_at').orderBy('id').limit(1).executeTakeFirst();
    },
    async workspacesOf(
      tenancy: Tenancy,
      accounts: readonly AccountRow[],
    ): Promise<Map<string, WorkspaceRow>> {
      const ids = [...new Set(accounts.map((row) => row.workspace_id))];
      if (ids.length === 0) return new Map();
      const rows = await workspaces(tenancy).where('id', 'in', ids).execute();
      return new Map(rows.map((row) => [row.id, row]));
    },
  };
}
export type AccountStore = ReturnType<typeof createAccountStore>;

export function insertAccount(tx: Tx, row: Insertable<AccountsTable>): Promise<AccountRow> {
  return tx.insertInto('accounts').values(row).returningAll().executeTakeFirstOrThrow();
}
