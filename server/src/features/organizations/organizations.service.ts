import type { Actor } from '../../platform/actor.ts';
import { Failure } from '../../platform/failures.ts';
import { presentWorkspace, type WorkspaceStore } from '../workspaces/index.ts';
import type { OrganizationStore } from './organizations.store.ts';

export function createOrganizationService(
  store: OrganizationStore,
  workspaces: Pick<WorkspaceStore, 'list'>,
) {
  return {
    async current({ organizationId }: Actor) {
      const [row, own] = await Promise.all([store.get(organizationId), workspaces.list(organizationId)]);
      // Deleted between the check of the credentials and now, and its sessions and keys with it.
      if (!row) throw new Failure('SESSION_REVOKED');
      return {
        id: row.id,
        name: row.name,
        slug: row.slug,
        plan: row.plan,
        settings: row.settings,
        createdAt: row.created_at.toISOString(),
        updatedAt: row.updated_at.toISOString(),
        workspaces: own.map(presentWorkspace),
      };
    },
  };
}
export type OrganizationService = ReturnType<typeof createOrganizationService>;
