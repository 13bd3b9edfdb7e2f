import { type Permission, permissions } from '../../platform/actor.ts';

const viewer: readonly Permission[] = [
  'org:read',
  'workspace:read',
  'profile:read',
  'message:read',
  'contact:read',
  'template:read',
  'broadcast:read',
  'automation:read',
  'user:read',
];

const member: readonly Permission[] = [
  ...viewer,
  'profile:update',
  'profile:connect',
  'message:send',
  'contact:create',
  'contact:update',
  'contact:import',
  'contact:export',
  'template:create',
  'template:update',
  'broadcast:create',
  'broadcast:execute',
  'automation:update',
  'settings:read',
];

/** What who leads others does besides. */
const leading: readonly Permission[] = [
  'message:delete',
  'contact:delete',
  'template:delete',
  'broadcast:delete',
  'automation:create',
  'automation:delete',
];

const operator: readonly Permission[] = [
  'org:read',
  'workspace:read',
  'profile:read',
  'message:send',
  'message:read',
  'contact:create',
  'contact:read',
  'contact:update',
  'template:read',
  'broadcast:read',
  'user:read',
];

const ownerOnly: ReadonlySet<Permission> = new Set(['org:delete', 'org:billing', 'role:manage']);

/** Roles every organisation has; what they may do is said here and changes with the catalogue. */
const byKey: Readonly<Record<string, { name: string; says: string; permissions: ReadonlySet<Permission> }>> =
  {
    owner: {
      name: 'Owner',
      says: 'Everything, the organization itself included.',
      permissions: new Set(permissions),
    },
    admin: {
      name: 'Admin',
      says: 'Everything but roles, billing and the end of the organization.',
      permissions: new Set(permissions.filter((permission) => !ownerOnly.has(permission))),
    },
    member: {
      name: 'Member',
      says: 'Daily work: messages, contacts, templates, broadcasts.',
      permissions: new Set(member),
    },
    manager: {
      name: 'Manager',
      says: 'Daily work, and what members of a team lead do besides.',
      permissions: new Set([...member, ...leading]),
    },
    operator: {
      name: 'Operator',
      says: 'Answers people: messages and contacts.',
      permissions: new Set(operator),
    },
    viewer: { name: 'Viewer', says: 'Reads and changes nothing.', permissions: new Set(viewer) },
  };

const nothing: ReadonlySet<Permission> = new Set();

/** The system roles by key, in the order of what they may do. */
export const systemRoles = Object.entries(byKey).map(([key, role]) => ({ key, ...role }));

/** What a system role may do; a role nobody knows may do nothing. */
export function permissionsOfRole(key: string): ReadonlySet<Permission> {
  return Object.hasOwn(byKey, key) ? (byKey[key]?.permissions ?? nothing) : nothing;
}

/** What a role of the table may do: a system role what its key says, any other what was written down for it. */
export function permissionsOfRow(row: {
  system_key: string | null;
  permissions: readonly string[];
}): ReadonlySet<Permission> {
  if (row.system_key !== null) return permissionsOfRole(row.system_key);
  return new Set(permissions.filter((permission) => row.permissions.includes(permission)));
}
