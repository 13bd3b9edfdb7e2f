import type { Actor, Permission } from '../../platform/actor.ts';
import { Failure } from '../../platform/failures.ts';
import { permissionsOfRole, permissionsOfRow } from '../access/index.ts';

/** What somebody was given: a system role, and roles of the table, in the whole organisation or in one place. */
export interface Given {
  role: string;
  grants: readonly {
    permissions: string[];
    system_key: string | null;
    workspace_id: string | null;
    profile_id: string | null;
  }[];
}

/** Everything somebody may do anywhere. */
export function permissionsAnywhere({ role, grants }: Given): ReadonlySet<Permission> {
  const everywhere = permissionsEverywhere({ role, grants });
  return new Set([...everywhere, ...grants.flatMap((grant) => [...permissionsOfRow(grant)])]);
}

/** What somebody may do in the whole organisation. */
export function permissionsEverywhere({ role, grants }: Given): ReadonlySet<Permission> {
  const own = grants.find((grant) => grant.workspace_id === null && grant.profile_id === null);
  return own && role !== 'owner' ? permissionsOfRow(own) : permissionsOfRole(role);
}

/** What of `wanted` is not in `held`. */
export function missing(wanted: Iterable<Permission>, held: ReadonlySet<Permission>): Permission[] {
  return [...wanted].filter((permission) => !held.has(permission));
}

/** @throws Failure GRANT_TOO_WIDE naming what the caller lacks; `path` is where the body has the role. */
export function assertMayGive(actor: Actor, wanted: Iterable<Permission>, path: string): void {
  const lacking = missing(wanted, actor.permissions);
  if (lacking.length === 0) return;
  throw new Failure('GRANT_TOO_WIDE', {
    details: lacking.map((permission) => ({ path, problem: `you lack ${permission}` })),
  });
}

/** Nobody changes who may do more. @throws Failure PERMISSION_DENIED */
export function assertMayChange(actor: Actor, theirs: Iterable<Permission>): void {
  if (missing(theirs, actor.permissions).length === 0) return;
  throw new Failure('PERMISSION_DENIED', {
    says: 'They may do more than you: only their equal can do this.',
  });
}
