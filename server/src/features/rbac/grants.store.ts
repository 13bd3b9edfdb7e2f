import type { Selectable } from 'kysely';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import type { RoleGrantsTable } from './rbac.tables.ts';

export type GrantedRow = Selectable<RoleGrantsTable>;

/** Where a role counts; both null means the whole organisation. */
export interface Place {
  workspaceId: string | null;
  profileId: string | null;
}

export const everywhere: Place = { workspaceId: null, profileId: null };

/** What people hold, and where. */
export function createGrantStore(db: Db) {
  async function person(from: Db | Tx, organizationId: string, userId: string, isLocked: boolean) {
    const user = await from
      .selectFrom('users')
      .select(['id', 'role', 'created_at'])
      .where('organization_id', '=', organizationId)
      .where('id', '=', userId)
      // Whoever changes what one person may do waits for the other.
      .$if(isLocked, (query) => query.forNoKeyUpdate())
      .executeTakeFirst();
    if (!user) return undefined;
    const grants = await from
      .selectFrom('role_grants')
      .innerJoin('roles', 'roles.id', 'role_grants.role_id')
      .selectAll('role_grants')
      .select(['roles.permissions', 'roles.system_key'])
      .where('role_grants.organization_id', '=', organizationId)
      .where('role_grants.user_id', '=', userId)
      .orderBy('role_grants.created_at')
      .orderBy('role_grants.id')
      .execute();
    return { ...user, grants };
  }

  return {
    /** A member with every role they hold. */
    person: (organizationId: string, userId: string) => person(db, organizationId, userId, false),
    /** The same, and nobody else changes what they may do until the transaction ends. */
    locked: (tx: Tx, organizationId: string, userId: string) => person(tx, organizationId, userId, true),
    organization(organizationId: string) {
      return db
        .selectFrom('organizations')
        .select(['id', 'name', 'slug', 'plan', 'created_at', 'updated_at'])
        .where('id', '=', organizationId)
        .executeTakeFirst();
    },
    /** Whether there is such a workspace; in a transaction it stays until the end of it. */
    async hasWorkspace(organizationId: string, id: string, from: Db | Tx = db): Promise<boolean> {
      const found = await from
        .selectFrom('workspaces')
        .select('id')
        .where('organization_id', '=', organizationId)
        .where('id', '=', id)
        .$if(from.isTransaction, (query) => query.forKeyShare())
        .executeTakeFirst();
      return found !== undefined;
    },
    /** The profile's place; in a transaction it stays until the end of it. */
    profile(organizationId: string, id: string, from: Db | Tx = db) {
      return from
        .selectFrom('profiles')
        .select(['id', 'workspace_id'])
        .where('organization_id', '=', organizationId)
        .where('id', '=', id)
        .$if(from.isTransaction, (query) => query.forKeyShare())
        .executeTakeFirst();
    },
    async remove(tx: Tx, organizationId: string, id: string): Promise<void> {
      await tx
        .deleteFrom('role_grants')
        .where('organization_id', '=', organizationId)
        .where('id', '=', id)
        .execute();
    },
  };
}
export type GrantStore = ReturnType<typeof createGrantStore>;
