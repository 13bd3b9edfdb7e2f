import type { Actor, Permission } from '../../platform/actor.ts';
import { Failure } from '../../platform/failures.ts';
import { type GrantRow, rightsOf } from '../access/index.ts';

const lacks = (actor: Actor, permissions: Iterable<Permission>): Permission[] =>
  [...permissions].filter((permission) => !actor.permissions.has(permission));

/**
 * Nobody gives away what they lack; `path` is where the request asks for it.
 * @throws Failure GRANT_TOO_WIDE, with every permission that is missing.
 */
export function assertGivable(actor: Actor, permissions: Iterable<Permission>, path: string): void {
  const missing = lacks(actor, permissions);
  if (missing.length === 0) return;
  const details = missing.map((permission) => ({ path, problem: `you lack ${permission}` }));
  throw new Failure('GRANT_TOO_WIDE', { details });
}

/** @throws Failure PERMISSION_DENIED for a role that may do more than the caller. */
export function assertInReach(actor: Actor, permissions: Iterable<Permission>): void {
  if (lacks(actor, permissions).length === 0) return;
  throw new Failure('PERMISSION_DENIED', {
    says: 'This role may do more than you: it is out of your reach.',
  });
}

/**
 * @throws Failure OWNER_PROTECTED for the owner, PERMISSION_DENIED for oneself and for people who may do more,
 *   anywhere, than the caller.
 */
export function assertMayChange(
  actor: Actor,
  person: { id: string; role: string; grants: GrantRow[] },
): void {
  if (person.role === 'owner') throw new Failure('OWNER_PROTECTED');
  if (person.id === actor.userId) {
    throw new Failure('PERMISSION_DENIED', { says: 'Nobody changes their own role.' });
  }
  const { permissions, grants = [] } = rightsOf(person);
  const all = [...permissions, ...grants.flatMap((grant) => [...grant.permissions])];
  if (lacks(actor, all).length === 0) return;
  throw new Failure('PERMISSION_DENIED', {
    says: 'This person may do more than you: only others can change that.',
  });
}

/** The organisation always comes from the credentials; a path may name no other. @throws Failure ORGANIZATION_NOT_FOUND */
export function assertOwn({ organizationId }: Actor, id: string): void {
  if (id.toLowerCase() !== organizationId) throw new Failure('ORGANIZATION_NOT_FOUND');
}
