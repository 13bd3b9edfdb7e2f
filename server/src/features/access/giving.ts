import type { Actor } from '../../platform/actor.ts';
import { Failure } from '../../platform/failures.ts';
import type { Permission } from '../../platform/permissions.ts';
import type { GrantRow } from './access.store.ts';
import { rightsOf } from './authenticator.ts';

/** What of `wanted` is not in `held`. */
export function missing(wanted: Iterable<Permission>, held: ReadonlySet<Permission>): Permission[] {
  return [...wanted].filter((permission) => !held.has(permission));
}

/** Everything somebody may do anywhere. */
export function permissionsAnywhere(person: {
  role: string;
  grants: readonly GrantRow[];
}): ReadonlySet<Permission> {
  const { permissions, grants = [] } = rightsOf(person);
  return new Set([...permissions, ...grants.flatMap((grant) => [...grant.permissions])]);
}

/**
 * Nobody gives away what they lack; `path` is where the request asks for it.
 * @throws Failure GRANT_TOO_WIDE, with every permission that is missing.
 */
export function assertMayGive(actor: Actor, wanted: Iterable<Permission>, path: string): void {
  const lacking = missing(wanted, actor.permissions);
  if (lacking.length === 0) return;
  const details = lacking.map((permission) => ({ path, problem: `you lack ${permission}` }));
  throw new Failure('GRANT_TOO_WIDE', { details });
}

/** Nobody changes who, or what, may do more than they; `says` tells which it is. @throws Failure PERMISSION_DENIED */
export function assertNotAbove(actor: Actor, theirs: Iterable<Permission>, says: string): void {
  if (missing(theirs, actor.permissions).length > 0) throw new Failure('PERMISSION_DENIED', { says });
}
