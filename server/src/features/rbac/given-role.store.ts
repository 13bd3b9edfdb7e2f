import { sql } from 'kysely';
import type { Tx } from '../../platform/db/transaction.ts';
import { isUuid, newId } from '../../platform/ids.ts';
import type { Permission } from '../../platform/permissions.ts';
import { permissionsOfRow } from '../access/index.ts';
import { setBaseRole } from '../auth/index.ts';
import { everywhere, type GrantedRow, type Place } from './grants.store.ts';

/** System roles that are kept with the person; all others are a grant beside the role `member`. */
const baseRoles: readonly string[] = ['admin', 'member', 'viewer'];

/** A role as somebody is given it in the whole organisation. */
export interface GivenRole {
  id: string;
  name: string;
  systemKey: string | null;
  permissions: ReadonlySet<Permission>;
}

/** A role as a body names it: a system role by its word, any role by its id. */
export interface WantedRole {
  role?: string | undefined;
  roleId?: string | undefined;
}

/** A role of the organisation, kept from being deleted until the transaction ends. */
export async function findRole(
  tx: Tx,
  organizationId: string,
  { role, roleId }: WantedRole,
): Promise<GivenRole | undefined> {
  if (roleId !== undefined && !isUuid(roleId)) return undefined;
  const roles = tx
    .selectFrom('roles')
    .select(['id', 'name', 'system_key', 'permissions'])
    .where('organization_id', '=', organizationId)
    .forKeyShare();
  const row = await (roleId === undefined
    ? roles.where('system_key', '=', role ?? '')
    : roles.where('id', '=', roleId)
  ).executeTakeFirst();
  return row && { id: row.id, name: row.name, systemKey: row.system_key, permissions: permissionsOfRow(row) };
}

/** What `users.role` says of somebody with this role. */
export function baseRoleOf({ systemKey }: Pick<GivenRole, 'systemKey'>): string {
  return systemKey !== null && baseRoles.includes(systemKey) ? systemKey : 'member';
}

/**
 * Makes the role the only one that counts in the whole organisation; roles in places stay. Answers the grant, if it
 * takes one.
 */
export async function giveRole(
  tx: Tx,
  organizationId: string,
  userId: string,
  role: Pick<GivenRole, 'id' | 'systemKey'>,
  now: Date,
): Promise<GrantedRow | undefined> {
  const base = baseRoleOf(role);
  await setBaseRole(tx, organizationId, userId, base, now);
  if (base !== role.systemKey) {
    return putGrant(tx, { organizationId, userId, roleId: role.id, place: everywhere, now });
  }
  await takeOwnRole(tx, organizationId, userId);
  return undefined;
}

/** Gives the role in a place, instead of another one held there; the same again changes nothing. */
export function putGrant(
  tx: Tx,
  grant: { organizationId: string; userId: string; roleId: string; place: Place; now: Date },
): Promise<GrantedRow> {
  return tx
    .insertInto('role_grants')
    .values({
      id: newId(),
      organization_id: grant.organizationId,
      user_id: grant.userId,
      role_id: grant.roleId,
      workspace_id: grant.place.workspaceId,
      profile_id: grant.place.profileId,
      created_at: grant.now,
    })
    .onConflict((conflict) =>
      conflict.columns(['user_id', 'workspace_id', 'profile_id']).doUpdateSet({
        role_id: grant.roleId,
        created_at: sql`case when role_grants.role_id = excluded.role_id
          then role_grants.created_at else excluded.created_at end`,
      }),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** From now on `users.role` counts in the whole organisation. */
export async function takeOwnRole(tx: Tx, organizationId: string, userId: string): Promise<void> {
  await tx
    .deleteFrom('role_grants')
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .where('workspace_id', 'is', null)
    .where('profile_id', 'is', null)
    .execute();
}
