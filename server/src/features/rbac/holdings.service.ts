import { page } from '../../http/list.ts';
import type { Actor } from '../../platform/actor.ts';
import { Failure } from '../../platform/failures.ts';
import { type Permission, permissions } from '../../platform/permissions.ts';
import { isAboutProfiles, isEverywhere, reaches, reachOf } from '../../platform/reach.ts';
import { rightsOf } from '../access/index.ts';
import { baseAssignment } from './assignments.service.ts';
import type { GrantStore } from './grants.store.ts';
import { assertPlace, inPlace, placeAsked } from './place.ts';
import { presentRole, presentUserRole } from './rbac.present.ts';
import type { RoleRow, RoleStore } from './roles.store.ts';

export interface HoldingDeps {
  grants: GrantStore;
  roles: Pick<RoleStore, 'byIds' | 'bySystemKey'>;
}

/** What somebody holds and what that comes to. */
export function createHoldingService({ grants, roles }: HoldingDeps) {
  async function personFor(actor: Actor, userId: string) {
    const person = await grants.person(actor.organizationId, userId);
    if (!person) throw new Failure('MEMBER_NOT_FOUND');
    return person;
  }

  return {
    /**
     * The roles of somebody, the one for the whole organisation first: a base role is an entry like any other.
     * @throws Failure PERMISSION_DENIED or MEMBER_NOT_FOUND.
     */
    async rolesOf(actor: Actor, userId: string, query: { limit?: number; offset?: number }) {
      const { organizationId } = actor;
      const person = await personFor(actor, userId);
      const [organization, base] = await Promise.all([
        grants.organization(organizationId),
        roles.bySystemKey(organizationId, person.role),
      ]);
      // Deleted between the check of the credentials and now, and its sessions and keys with it.
      if (!organization) throw new Failure('SESSION_REVOKED');
      const everywhere = person.grants.find(inPlace({ workspaceId: null, profileId: null }));
      const scoped = person.grants.filter((grant) => grant !== everywhere);
      const first = everywhere ?? (base && baseAssignment(person, base));
      const { limit, offset } = page(query);
      const held = [...(first ? [first] : []), ...scoped].slice(offset, offset + limit);
      const byId = new Map<string, RoleRow>();
      for (const role of await roles.byIds(
        organizationId,
        held.map(({ role_id }) => role_id),
      ))
        byId.set(role.id, role);
      return held.flatMap((row) => {
        const role = byId.get(row.role_id);
        if (!role) return [];
        return [
          {
            ...presentUserRole(row),
            role: presentRole(role),
            organization: presentOrganization(organization),
          },
        ];
      });
    },

    /**
     * What somebody may do in the whole organisation, or in the place that is asked about.
     * @throws Failure PERMISSION_DENIED, MEMBER_NOT_FOUND, VALIDATION_ERROR, WORKSPACE_NOT_FOUND or PROFILE_NOT_FOUND.
     */
    async permissionsOf(
      actor: Actor,
      userId: string,
      query: { workspaceId?: string; profileId?: string },
    ): Promise<Permission[]> {
      const { organizationId } = actor;
      const person = await personFor(actor, userId);
      const place = placeAsked(query);
      const profile = await assertPlace(grants, organizationId, place);
      const as: Actor = { kind: 'user', userId, organizationId, role: person.role, ...rightsOf(person) };
      return permissions.filter((permission) => {
        const reach = reachOf(as, permission);
        if (!reach) return false;
        if (isEverywhere(reach)) return true;
        if (profile)
          return (
            isAboutProfiles(permission) &&
            reaches(reach, { id: profile.id, workspaceId: profile.workspace_id })
          );
        return place.workspaceId !== null && reach.within?.workspaceIds.includes(place.workspaceId) === true;
      });
    },
  };
}
export type HoldingService = ReturnType<typeof createHoldingService>;

function presentOrganization(row: NonNullable<Awaited<ReturnType<GrantStore['organization']>>>) {
  const { created_at, updated_at, ...shown } = row;
  return { ...shown, createdAt: created_at.toISOString(), updatedAt: updated_at.toISOString() };
}
