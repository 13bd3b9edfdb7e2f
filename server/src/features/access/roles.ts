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

const ownerOnly: ReadonlySet<Permission> = new Set(['org:delete', 'org:billing', 'role:manage']);

const byRole: Readonly<Record<string, ReadonlySet<Permission>>> = {
  owner: new Set(permissions),
  admin: new Set(permissions.filter((permission) => !ownerOnly.has(permission))),
  member: new Set(member),
  viewer: new Set(viewer),
};

const nothing: ReadonlySet<Permission> = new Set();

/** What a role may do; a role nobody knows may do nothing. */
export function permissionsOfRole(role: string): ReadonlySet<Permission> {
  return Object.hasOwn(byRole, role) ? (byRole[role] ?? nothing) : nothing;
}
