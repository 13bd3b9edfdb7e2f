import type { Actor } from '../platform/actor.ts';
import type { EventDefinition, RecordedEvent } from '../platform/events/define.ts';
import type { Permission } from '../platform/permissions.ts';
import { isEverywhere, reachOf } from '../platform/reach.ts';
import type { Tenancy } from '../platform/tenancy.ts';

/** What a client can join: one profile, or everything of its organisation. */
export type Place = { profileId: string } | { organizationId: string };

/** Of these profiles the ones of the tenancy. */
export type KnownProfiles = (tenancy: Tenancy, profileIds: readonly string[]) => Promise<readonly string[]>;

export type Rooms = ReturnType<typeof createRooms>;

/**
 * Each place has one room for each permission that events ask for: who may see the profile but no messages is only
 * in the rooms of what they may see.
 */
export function createRooms(deps: { catalogue: () => readonly EventDefinition[]; known: KnownProfiles }) {
  const { known } = deps;
  const permissions = () => [...new Set(deps.catalogue().map((event) => event.permission))];

  return {
    /** The rooms of a place that somebody may be in. */
    async allowed(actor: Actor, place: Place): Promise<string[]> {
      const { organizationId } = actor;
      const found: string[] = [];
      for (const permission of permissions()) {
        const reach = reachOf(actor, permission);
        if (!reach) continue;
        const isAllowed =
          'profileId' in place
            ? (await known({ organizationId, reach }, [place.profileId])).length > 0
            : isEverywhere(reach);
        if (isAllowed) found.push(room(place, permission));
      }
      return found;
    },

    /** Every room of a place, whoever may be in it. */
    all(place: Place): string[] {
      return permissions().map((permission) => room(place, permission));
    },

    /** Of the rooms somebody joined earlier the ones they may stay in; only for who is bound to places it asks anew. */
    async remaining(actor: Actor, rooms: readonly string[]): Promise<string[]> {
      const { organizationId } = actor;
      const found: string[] = rooms.filter((name) => name === roomOfPerson(actor.userId));
      for (const permission of permissions()) {
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
    },
  };
}

/** Where an event is heard. A client in several of these rooms hears it once. */
export function audienceOf(event: RecordedEvent, { permission }: EventDefinition): string[] {
  const { organizationId, profileId } = event;
  const ofOrganization = room({ organizationId }, permission);
  return profileId === null ? [ofOrganization] : [ofOrganization, room({ profileId }, permission)];
}

/** Where a person hears what is for them alone. */
export function roomOfPerson(userId: string): string {
  return `person ${userId}`;
}

export function isOfPerson(name: string): boolean {
  return name.startsWith('person ');
}

function room(place: Place, permission: Permission): string {
  const where = 'profileId' in place ? `profile ${place.profileId}` : `organization ${place.organizationId}`;
  return `${permission} ${where}`;
}
