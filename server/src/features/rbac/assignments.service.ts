import type { Actor } from '../../platform/actor.ts';
import type { AuditLog } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import { afterCommit, type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import { isUuid } from '../../platform/ids.ts';
import {
  type AccessAuthenticator,
  assertMayGive,
  permissionsOfRole,
  permissionsOfRow,
} from '../access/index.ts';
import { setBaseRole } from '../auth/index.ts';
import { giveRole, putGrant } from './given-role.store.ts';
import type { GrantStore, Place } from './grants.store.ts';
import { assertPlace, inPlace, isEverywhere, placeAsked, placeOf } from './place.ts';
import { presentUserRole } from './rbac.present.ts';
import type { Assignment } from './rbac.schema.ts';
import type { RoleRow, RoleStore } from './roles.store.ts';
import { assertMayChange, assertOwn } from './rules.ts';

export interface AssignmentDeps {
  db: Db;
  grants: GrantStore;
  roles: Pick<RoleStore, 'held'>;
  clock: Clock;
  audit: AuditLog;
  authenticator: Pick<AccessAuthenticator, 'forget'>;
}

/** Giving roles to people and taking them back. What changes counts with the next request. */
export function createAssignmentService(deps: AssignmentDeps) {
  const { db, grants, roles, clock, audit, authenticator } = deps;

  async function changeable(tx: Tx, actor: Actor, userId: string) {
    const person = isUuid(userId) ? await grants.locked(tx, actor.organizationId, userId) : undefined;
    if (!person) throw new Failure('MEMBER_NOT_FOUND');
    return person;
  }
  type Person = Awaited<ReturnType<typeof changeable>>;

  async function givable(tx: Tx, actor: Actor, roleId: string): Promise<RoleRow> {
    const role = isUuid(roleId) ? await roles.held(tx, actor.organizationId, roleId) : undefined;
    if (!role) throw new Failure('ROLE_NOT_FOUND');
    return role;
  }

  async function give(tx: Tx, person: Person, role: RoleRow, place: Place) {
    const { organization_id: organizationId, id: roleId, system_key: systemKey } = role;
    const now = clock.now();
    if (!isEverywhere(place)) return putGrant(tx, { organizationId, userId: person.id, roleId, place, now });
    const grant = await giveRole(tx, organizationId, person.id, { id: roleId, systemKey }, now);
    return grant ?? baseAssignment(person, role);
  }

  function forget(tx: Tx, personId: string): void {
    afterCommit(tx, () => authenticator.forget(({ userId }) => userId === personId));
  }

  return {
    /**
     * Gives somebody a role in a place, instead of the one they hold there; the same again changes nothing.
     * @throws Failure MEMBER_NOT_FOUND, ROLE_NOT_FOUND, WORKSPACE_NOT_FOUND, PROFILE_NOT_FOUND, VALIDATION_ERROR,
     *   OWNER_PROTECTED, PERMISSION_DENIED or GRANT_TOO_WIDE.
     */
    async assign(actor: Actor, body: Assignment) {
      const { organizationId } = actor;
      const place = placeOf(body);
      return inTransaction(db, async (tx) => {
        const person = await changeable(tx, actor, body.userId);
        const role = await givable(tx, actor, body.roleId);
        await assertPlace(grants, organizationId, place, tx);
        assertMayChange(actor, person);
        if (role.system_key === 'owner') throw new Failure('OWNER_PROTECTED');
        assertMayGive(actor, permissionsOfRow(role), '/roleId');

        const before = heldIn(person, place);
        const after = nameOf(role);
        const row = await give(tx, person, role, place);
        if (before !== after) {
          await audit.record(tx, actor, {
            action: 'role.assign',
            resource: { type: 'user', id: person.id },
            before: { role: before },
            after: { role: after },
            details: { roleId: role.id, ...place },
          });
          forget(tx, person.id);
        }
        return presentUserRole(row);
      });
    },

    /**
     * Takes back what somebody holds in a place. Who loses the role for the whole organisation is a member again,
     * or a viewer where a member could do more than they could.
     * @throws Failure ORGANIZATION_NOT_FOUND, MEMBER_NOT_FOUND, WORKSPACE_NOT_FOUND, PROFILE_NOT_FOUND,
     *   OWNER_PROTECTED, PERMISSION_DENIED or GRANT_TOO_WIDE.
     */
    async unassign(
      actor: Actor,
      userId: string,
      orgId: string,
      where: { workspaceId?: string; profileId?: string },
    ): Promise<void> {
      const { organizationId } = actor;
      assertOwn(actor, orgId);
      const place = placeAsked(where);
      await inTransaction(db, async (tx) => {
        const person = await changeable(tx, actor, userId);
        await assertPlace(grants, organizationId, place, tx);
        assertMayChange(actor, person);

        const held = person.grants.find(inPlace(place));
        const before = heldIn(person, place);
        const after = isEverywhere(place)
          ? baseAfter(held ? permissionsOfRow(held) : permissionsOfRole(person.role))
          : null;
        if (after) {
          assertMayGive(actor, permissionsOfRole(after), '/userId');
          await setBaseRole(tx, organizationId, person.id, after, clock.now());
        }
        if (held) await grants.remove(tx, organizationId, held.id);
        if (before === after) return;
        await audit.record(tx, actor, {
          action: 'role.unassign',
          resource: { type: 'user', id: person.id },
          before: { role: before },
          after: { role: after },
          details: { ...place },
        });
        forget(tx, person.id);
      });
    },
  };

  /** What the audit log calls the role somebody holds in a place; null for none. */
  function heldIn(person: Person, place: Place): string | null {
    const held = person.grants.find(inPlace(place));
    if (held) return held.system_key ?? held.role_id;
    return isEverywhere(place) ? person.role : null;
  }
}
export type AssignmentService = ReturnType<typeof createAssignmentService>;

const nameOf = (role: RoleRow): string => role.system_key ?? role.id;

/** Taking a role away gives nobody anything. */
function baseAfter(had: ReadonlySet<string>): string {
  return [...permissionsOfRole('member')].every((permission) => had.has(permission)) ? 'member' : 'viewer';
}

/** A base role as an assignment: it has the id of the person, so it stays the same while it is held. */
export function baseAssignment(person: { id: string; created_at: Date }, role: RoleRow) {
  return {
    id: person.id,
    user_id: person.id,
    role_id: role.id,
    organization_id: role.organization_id,
    workspace_id: null,
    profile_id: null,
    created_at: person.created_at,
  };
}
