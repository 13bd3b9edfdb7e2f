import { type Permission, permissions } from '../../platform/actor.ts';

const known = new Set<string>(permissions);

/** Scopes of shipped clients, which speak of areas where the catalogue speaks of deeds. */
const older: Readonly<Record<string, readonly Permission[]>> = {
  'messages:read': ['message:read'],
  'messages:write': ['message:send', 'message:delete'],
  'contacts:read': ['contact:read', 'contact:export'],
  'contacts:write': ['contact:create', 'contact:update', 'contact:delete', 'contact:import'],
  'profiles:read': ['profile:read'],
  'profiles:write': ['profile:create', 'profile:update', 'profile:delete', 'profile:connect'],
  // The catalogue has one permission for webhooks; a key that asks to read must not be able to add one.
  'webhooks:read': [],
  'webhooks:write': ['webhook:manage'],
  'broadcast:write': ['broadcast:create', 'broadcast:read', 'broadcast:execute', 'broadcast:delete'],
};

/** Every scope a key may be given. */
export const scopeNames: readonly string[] = ['*', ...permissions, ...Object.keys(older)];

/** What one scope allows, or undefined when there is no such scope. */
export function permissionsOfScope(scope: string): readonly Permission[] | undefined {
  if (scope === '*') return permissions;
  if (known.has(scope)) return [scope as Permission];
  return Object.hasOwn(older, scope) ? older[scope] : undefined;
}

/** What a key's list of scopes allows; an empty list, as clients leave it, allows everything its owner may. */
export function permissionsOfScopes(scopes: readonly string[]): ReadonlySet<Permission> {
  const all = scopes.length === 0 ? ['*'] : scopes;
  return new Set(all.flatMap((scope) => permissionsOfScope(scope) ?? []));
}
