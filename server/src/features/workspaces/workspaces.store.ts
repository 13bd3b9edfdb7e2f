import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { Reach } from '../../platform/actor.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import { profileInReach, workspaceInReach } from '../../platform/reach.ts';
import { behind, type Slice } from '../../platform/slice.ts';
import type { WorkspacesTable } from './workspaces.tables.ts';

export type WorkspaceRow = Selectable<WorkspacesTable>;

export function createWorkspaceStore(db: Db) {
  const own = (from: Db | Tx, organizationId: string, reach?: Reach) =>
    from
      .selectFrom('workspaces')
      .selectAll()
      .where('organization_id', '=', organizationId)
      .where(workspaceInReach(reach, 'workspaces.id'));
  const profilesOf = (organizationId: string, reach: Reach) =>
    db.selectFrom('profiles').where('organization_id', '=', organizationId).where(profileInReach(reach));
  return {
    /** Oldest first: the first one is where new things go when nothing else is said. */
    list(organizationId: string, page: Slice, reach?: Reach): Promise<WorkspaceRow[]> {
      return own(db, organizationId, reach)
        .where(behind(page, { at: 'workspaces.created_at', id: 'workspaces.id' }, 'up'))
        .orderBy('created_at')
        .orderBy('id')
        .limit(page.limit)
        .offset(page.offset)
        .execute();
    },
    get(organizationId: string, id: string, reach?: Reach): Promise<WorkspaceRow | undefined> {
      return own(db, organizationId, reach).where('id', '=', id).executeTakeFirst();
    },
    /** As `get`; nobody else changes it, and nothing is added to it, until the transaction ends. */
    lock(tx: Tx, organizationId: string, id: string, reach?: Reach): Promise<WorkspaceRow | undefined> {
      return own(tx, organizationId, reach).where('id', '=', id).forUpdate().executeTakeFirst();
    },
    insert: insertWorkspace,
    update(
      tx: Tx,
      organizationId: string,
      id: string,
      change: Updateable<WorkspacesTable>,
    ): Promise<WorkspaceRow> {
      return tx
        .updateTable('workspaces')
        .set(change)
        .where('organization_id', '=', organizationId)
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow();
    },
    async remove(tx: Tx, organizationId: string, id: string): Promise<void> {
      await tx
        .deleteFrom('workspaces')
        .where('organization_id', '=', organizationId)
        .where('id', '=', id)
        .execute();
    },
    /** Whether it has company. Two that are removed at once wait for each other here, so that one of them stays. */
    async hasOthers(tx: Tx, organizationId: string, id: string): Promise<boolean> {
      await tx
        .selectFrom('organizations')
        .select('id')
        .where('id', '=', organizationId)
        .forNoKeyUpdate()
        .executeTakeFirst();
      const other = await own(tx, organizationId).where('id', '!=', id).limit(1).executeTakeFirst();
      return other !== undefined;
    },
    async hasProfiles(tx: Tx, organizationId: string, id: string): Promise<boolean> {
      const { rows } = await sql`select 1 from profiles
        where organization_id = ${organizationId} and workspace_id = ${id} limit 1`.execute(tx);
      return rows.length > 0;
    },
    async profileCounts(organizationId: string, reach: Reach): Promise<Map<string, number>> {
      const rows = await profilesOf(organizationId, reach)
        .select(['workspace_id', (row) => row.fn.countAll<number>().as('profiles')])
        .groupBy('workspace_id')
        .execute();
      return new Map(rows.map(({ workspace_id, profiles }) => [workspace_id, Number(profiles)]));
    },
    /** Newest first. */
    profiles(organizationId: string, workspaceId: string, reach: Reach) {
      return profilesOf(organizationId, reach)
        .select(['id', 'workspace_id', 'account_id', 'display_name', 'phone_number', 'engine', 'status'])
        .select(['created_at', 'updated_at'])
        .where('workspace_id', '=', workspaceId)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .execute();
    },
  };
}
export type WorkspaceStore = ReturnType<typeof createWorkspaceStore>;

export function insertWorkspace(tx: Tx, row: Insertable<WorkspacesTable>): Promise<WorkspaceRow> {
  return tx.insertInto('workspaces').values(row).returningAll().executeTakeFirstOrThrow();
}
