import {
  type Permission,
  type PermittedRole,
  permissionRows,
  permissions,
} from '../../platform/permissions.ts';

/** Roles every organisation has; what they may do is said by the table of permissions and changes with it. */
const words: Readonly<Record<PermittedRole | 'owner', { name: string; says: string }>> = {
  owner: { name: 'Owner', says: 'Everything, the organization itself included.' },
  admin: { name: 'Admin', says: 'Everything but roles, billing and the end of the organization.' },
  member: { name: 'Member', says: 'Daily work: messages, contacts, templates, broadcasts.' },
  manager: { name: 'Manager', says: 'Daily work, and what members of a team lead do besides.' },
  operator: { name: 'Operator', says: 'Answers people: messages and contacts.' },
  viewer: { name: 'Viewer', says: 'Reads and changes nothing.' },
};

const isAllowed = (role: string, permission: Permission) =>
  role === 'owner' || permissionRows[permission].roles.some((permitted) => permitted === role);

/** The system roles, with what they may do. */
export const systemRoles = Object.entries(words).map(([key, { name, says }]) => ({
  key,
  name,
  says,
  permissions: new Set(permissions.filter((permission) => isAllowed(key, permission))),
}));

const byKey: ReadonlyMap<string, ReadonlySet<Permission>> = new Map(
  systemRoles.map((role) => [role.key, role.permissions]),
);
const nothing: ReadonlySet<Permission> = new Set();

/** What a system role may do; a role nobody knows may do nothing. */
export function permissionsOfRole(key: string): ReadonlySet<Permission> {
  return byKey.get(key) ?? nothing;
}

/** What a role of the table may do: a system role what its key says, any other what was written down for it. */
export function permissionsOfRow(row: {
  system_key: string | null;
  permissions: readonly string[];
}): ReadonlySet<Permission> {
  if (row.system_key !== null) return permissionsOfRole(row.system_key);
  return new Set(permissions.filter((permission) => row.permissions.includes(permission)));
}
