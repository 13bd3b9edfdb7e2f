import { isPermission, type Permission, permissionRows, permissions } from '../../platform/permissions.ts';

/** Scopes of shipped clients. There is one permission for webhooks; a key that asks to read must not be able to add one. */
const areas = new Map<string, Permission[]>([['webhooks:read', []]]);
for (const permission of permissions) {
  const { scope } = permissionRows[permission];
  if (scope) areas.set(scope, [...(areas.get(scope) ?? []), permission]);
}

/** Every scope a key may be given. */
export const scopeNames: readonly string[] = ['*', ...permissions, ...areas.keys()];

/** What one scope allows, or undefined when there is no such scope. */
export function permissionsOfScope(scope: string): readonly Permission[] | undefined {
  if (scope === '*') return permissions;
  return isPermission(scope) ? [scope] : areas.get(scope);
}

/** What a key's list of scopes allows; an empty list, as clients leave it, allows everything its owner may. */
export function permissionsOfScopes(scopes: readonly string[]): ReadonlySet<Permission> {
  const all = scopes.length === 0 ? ['*'] : scopes;
  return new Set(all.flatMap((scope) => permissionsOfScope(scope) ?? []));
}
