import type { Actor, Permission } from '../platform/actor.ts';
import type { RecordedEvent } from '../platform/events/define.ts';
import { permissionFor } from '../platform/events/permission.ts';
import { isEverywhere, reachOf } from '../platform/reach.ts';
import type { Tenancy } from '../platform/tenancy.ts';

/** What a client can join: one profile, or everything of its organisation. */
export type Place = { profileId: string } | { organizationId: string };

/** Of these profiles the ones of the tenancy. */
export type KnownProfiles = (tenancy: Tenancy, profileIds: readonly string[]) => Promise<readonly string[]>;

const readable = ['profile:read', 'message:read'] as const satisfies readonly Permission[];

/** One room for each permission: who may see the profile but no messages is in the first one only. */
export async function roomsFor(actor: Actor, place: Place, known: KnownProfiles): Promise<string[]> {
  const { organizationId } = actor;
  const found: string[] = [];
  for (const permission of readable) {
    const reach = reachOf(actor, permission);
    if (!reach) continue;
    const isAllowed =
      'profileId' in place
        ? (await known({ organizationId, reach }, [place.profileId])).length > 0
        : isEverywhere(reach);
    if (isAllowed) found.push(room(place, permission));
  }
  return found;
}

/** Every room of a place, whoever may be in it. */
export function allRooms(place: Place): string[] {
  return readable.map((permission) => room(place, permission));
}

/** Where an event is heard. A client in several of these rooms hears it once. */
export function audienceOf(event: RecordedEvent): string[] {
  const permission = permissionFor(event.name);
  const { organizationId, profileId } = event;
  const ofOrganization = room({ organizationId }, permission);
  return profileId === null ? [ofOrganization] : [ofOrganization, room({ profileId }, permission)];
}

/** Of the rooms somebody joined earlier the ones they may stay in; only for who is bound to places it asks anew. */
export async function remaining(
  actor: Actor,
  rooms: readonly string[],
  known: KnownProfiles,
): Promise<string[]> {
  const { organizationId } = actor;
  const found: string[] = [];
  for (const permission of readable) {
    const joined = rooms.filter((name) => name.startsWith(`${permission} `));
    const reach = reachOf(actor, permission);
    if (!reach || joined.length === 0) continue;
    if (isEverywhere(reach)) {
      found.push(...joined);
      continue;
    }
    const profileIds = joined.flatMap((name) => / profile (\S+)$/.exec(name)?.[1] ?? []);
    const ids = await known({ organizationId, reach }, profileIds);
    found.push(...ids.map((profileId) => room({ profileId }, permission)));
  }
  return found;
}

function room(place: Place, permission: Permission): string {
  const where = 'profileId' in place ? `profile ${place.profileId}` : `organization ${place.organizationId}`;
  return `${permission} ${where}`;
}
