import type { Selectable } from 'kysely';
import type { WorkspacesTable } from '../../platform/db/tables.ts';
import type { Db } from '../../platform/db/transaction.ts';

export type WorkspaceRow = Selectable<WorkspacesTable>;

export function createWorkspaceStore(db: Db) {
  const own = (organizationId: string) =>
    db.selectFrom('workspaces').selectAll().where('organization_id', '=', organizationId);
  return {
    /** Oldest first: the first one is where new things go when nothing else is said. */
    list(organizationId: string): Promise<WorkspaceRow[]> {
      return own(organizationId).orderBy('created_at').orderBy('id').execute();
    },
    get(organizationId: string, id: string): Promise<WorkspaceRow | undefined> {
      return own(organizationId).where('id', '=', id).executeTakeFirst();
    },
    async profileCounts(organizationId: string): Promise<Map<string, number>> {
      const rows = await db
        .selectFrom('profiles')
        .select(['workspace_id', (row) => row.fn.countAll<number>().as('profiles')])
        .where('organization_id', '=', organizationId)
        .groupBy('workspace_id')
        .execute();
      return new Map(rows.map(({ workspace_id, profiles }) => [workspace_id, Number(profiles)]));
    },
    profiles(organizationId: string, workspaceId: string) {
      return db
        .selectFrom('profiles')
        .select(['id', 'workspace_id', 'account_id', 'display_name', 'phone_number', 'engine', 'status'])
        .select(['created_at', 'updated_at'])
        .where('organization_id', '=', organizationId)
        .where('workspace_id', '=', workspaceId)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .execute();
    },
  };
}
export type WorkspaceStore = ReturnType<typeof createWorkspaceStore>;
