import type { Actor } from '../../platform/actor.ts';
import { Failure } from '../../platform/failures.ts';
import type { WorkspaceRow, WorkspaceStore } from './workspaces.store.ts';

export function createWorkspaceService(store: WorkspaceStore) {
  return {
    async list({ organizationId }: Actor) {
      const [rows, counts] = await Promise.all([
        store.list(organizationId),
        store.profileCounts(organizationId),
      ]);
      return rows.map((row) => ({ ...presentWorkspace(row), _count: { profiles: counts.get(row.id) ?? 0 } }));
    },
    /** @throws Failure WORKSPACE_NOT_FOUND */
    async get({ organizationId }: Actor, id: string) {
      const row = await store.get(organizationId, id);
      if (!row) throw new Failure('WORKSPACE_NOT_FOUND');
      const profiles = await store.profiles(organizationId, id);
      return {
        ...presentWorkspace(row),
        profiles: profiles.map((profile) => ({
          id: profile.id,
          workspaceId: profile.workspace_id,
          accountId: profile.account_id,
          name: profile.display_name,
          displayName: profile.display_name,
          phone: profile.phone_number,
          phoneNumber: profile.phone_number,
          engine: profile.engine,
          status: profile.status,
          createdAt: profile.created_at.toISOString(),
          updatedAt: profile.updated_at.toISOString(),
        })),
      };
    },
  };
}
export type WorkspaceService = ReturnType<typeof createWorkspaceService>;

/** A workspace as clients see it. */
export function presentWorkspace(row: WorkspaceRow) {
  return {
    id: row.id,
    organizationId: row.organization_id,
    name: row.name,
    slug: row.slug,
    description: row.description,
    settings: row.settings,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
