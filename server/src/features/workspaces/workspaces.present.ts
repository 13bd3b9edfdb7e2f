import type { WorkspaceRow, WorkspaceStore } from './workspaces.store.ts';

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

/** A profile as its workspace shows it. */
export function presentProfile(row: Awaited<ReturnType<WorkspaceStore['profiles']>>[number]) {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    accountId: row.account_id,
    name: row.display_name,
    displayName: row.display_name,
    phone: row.phone_number,
    phoneNumber: row.phone_number,
    engine: row.engine,
    status: row.status,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
