import { permissionRows, permissions } from '../../platform/permissions.ts';
import { permissionsOfRow, systemRoles } from '../access/index.ts';
import type { RoleRow } from './roles.store.ts';

/** The catalogue of permissions; the part before the colon is the category. */
export const permissionList = permissions.map((key) => ({
  key,
  description: permissionRows[key].says,
  category: key.slice(0, key.indexOf(':')),
}));

/** A role as clients see it. What a system role is and may do is said by its key, not by its row. */
export function presentRole(row: RoleRow) {
  const allowed = permissionsOfRow(row);
  const system = systemRoles.find(({ key }) => key === row.system_key);
  return {
    id: row.id,
    organizationId: row.organization_id,
    name: row.name,
    description: system?.says ?? row.description,
    permissions: permissions.filter((permission) => allowed.has(permission)),
    isSystem: row.system_key !== null,
    systemKey: row.system_key,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** Who holds which role where. */
export function presentUserRole(row: {
  id: string;
  user_id: string;
  role_id: string;
  organization_id: string;
  workspace_id: string | null;
  profile_id: string | null;
  created_at: Date;
}) {
  return {
    id: row.id,
    userId: row.user_id,
    roleId: row.role_id,
    organizationId: row.organization_id,
    workspaceId: row.workspace_id,
    profileId: row.profile_id,
    createdAt: row.created_at.toISOString(),
  };
}
