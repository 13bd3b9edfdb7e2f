import type { Actor } from '../../platform/actor.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import { assertMayGive } from '../access/index.ts';
import { findRole, type GivenRole, type WantedRole } from '../rbac/index.ts';

/**
 * The role that was asked for, kept from being deleted until the transaction ends.
 * @throws Failure ROLE_NOT_FOUND; VALIDATION_ERROR for both, for neither and for the owner's; GRANT_TOO_WIDE
 */
export async function chooseRole(tx: Tx, actor: Actor, wanted: WantedRole): Promise<GivenRole> {
  const path = wanted.roleId === undefined ? '/role' : '/roleId';
  if ((wanted.role === undefined) === (wanted.roleId === undefined)) {
    throw invalid('/role', 'give either role or roleId');
  }
  const role = await findRole(tx, actor.organizationId, wanted);
  if (!role) throw new Failure('ROLE_NOT_FOUND');
  if (role.systemKey === 'owner') throw invalid(path, 'the ownership is transferred, not given as a role');
  assertMayGive(actor, role.permissions, path);
  return role;
}

const invalid = (path: string, problem: string) =>
  new Failure('VALIDATION_ERROR', { details: [{ path, problem }] });
