import { type RawBuilder, sql } from 'kysely';
import type { Actor, Places, Reach } from './actor.ts';
import { type Permission, permissionRows } from './permissions.ts';

/** Whether a permission can be bound to profiles. */
export function isAboutProfiles(permission: Permission): boolean {
  return permissionRows[permission].about === 'profile';
}

/** Whether a permission can be granted in one workspace. */
function isAboutWorkspaces(permission: Permission): boolean {
  return permissionRows[permission].about !== 'organization';
}

/** Where the actor has the permission; undefined when nowhere. */
export function reachOf(actor: Actor, permission: Permission): Reach | undefined {
  const only = actor.onlyProfiles;
  if (only && !isAboutProfiles(permission)) return undefined;
  const bound = only && { only };
  if (actor.permissions.has(permission)) return { ...bound };
  const within = placesOf(actor, permission);
  return within && { ...bound, within };
}

function placesOf(actor: Actor, permission: Permission): Places | undefined {
  const grants = (actor.grants ?? []).filter(({ permissions }) => permissions.has(permission));
  const workspaceIds = isAboutWorkspaces(permission) ? ids(grants.map(({ workspaceId }) => workspaceId)) : [];
  const profileIds = isAboutProfiles(permission) ? ids(grants.map(({ profileId }) => profileId)) : [];
  return workspaceIds.length + profileIds.length > 0 ? { workspaceIds, profileIds } : undefined;
}

const ids = (list: readonly (string | null)[]): string[] => list.filter((id) => id !== null);

/** Whether a reach is the whole organisation. */
export function isEverywhere(reach: Reach | undefined): boolean {
  return !reach?.within && !reach?.only;
}

/** Whether a profile lies within the reach. */
export function reaches(reach: Reach | undefined, profile: { id: string; workspaceId: string }): boolean {
  const { within, only } = reach ?? {};
  if (only && !only.includes(profile.id)) return false;
  return (
    !within || within.profileIds.includes(profile.id) || within.workspaceIds.includes(profile.workspaceId)
  );
}

/** SQL that is true for profiles within the reach; `profile` is the table of profiles or its alias. */
export function profileInReach(reach: Reach | undefined, profile = 'profiles'): RawBuilder<boolean> {
  const id = sql.ref(`${profile}.id`);
  const { within, only } = reach ?? {};
  const parts = [
    ...(only ? [sql`${id} = any(${only}::uuid[])`] : []),
    ...(within
      ? [
          sql`(${id} = any(${within.profileIds}::uuid[]) or
            ${sql.ref(`${profile}.workspace_id`)} = any(${within.workspaceIds}::uuid[]))`,
        ]
      : []),
  ];
  return parts.length === 0 ? sql`true` : sql`${sql.join(parts, sql` and `)}`;
}

/** SQL that is true for rows whose `profile_id` (say `messages.profile_id`) lies within the reach; rows without one do not. */
export function profileIdInReach(reach: Reach | undefined, profileId: string): RawBuilder<boolean> {
  if (isEverywhere(reach)) return sql`true`;
  return sql`${sql.ref(profileId)} in (select reachable.id from profiles as reachable
    where ${profileInReach(reach, 'reachable')})`;
}

/** SQL that is true for workspaces within the reach; `workspace` is the column with its id. */
export function workspaceInReach(reach: Reach | undefined, workspace: string): RawBuilder<boolean> {
  if (isEverywhere(reach)) return sql`true`;
  return sql`${sql.ref(workspace)} = any(${reach?.within?.workspaceIds ?? []}::uuid[])`;
}
