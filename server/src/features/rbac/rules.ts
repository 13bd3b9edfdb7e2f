import type { Actor } from '../../platform/actor.ts';
import { Failure } from '../../platform/failures.ts';
import { assertNotAbove, type GrantRow, permissionsAnywhere } from '../access/index.ts';

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
  const says = 'This person may do more than you: only others can change that.';
  assertNotAbove(actor, permissionsAnywhere(person), says);
}

/** The organisation always comes from the credentials; a path may name no other. @throws Failure ORGANIZATION_NOT_FOUND */
export function assertOwn({ organizationId }: Actor, id: string): void {
  if (id.toLowerCase() !== organizationId) throw new Failure('ORGANIZATION_NOT_FOUND');
}
