import type { Actor, Permission } from '../platform/actor.ts';
import type { RecordedEvent } from '../platform/events/define.ts';
import { permissionFor } from '../platform/events/permission.ts';

/** What a client can join: one profile, or everything of its organisation. */
export type Place = { profileId: string } | { organizationId: string };

const readable = ['profile:read', 'message:read'] as const satisfies readonly Permission[];

/** One room for each permission: who may see the profile but no messages is in the first one only. */
export function roomsFor(actor: Actor, place: Place): string[] {
  return readable.filter((permission) => actor.permissions.has(permission)).map((one) => room(place, one));
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

/** Whether somebody may still be in a room they joined earlier. */
export function mayStay(actor: Actor, name: string): boolean {
  const permission = readable.find((one) => name.startsWith(`${one} `));
  return permission === undefined || actor.permissions.has(permission);
}

function room(place: Place, permission: Permission): string {
  const where = 'profileId' in place ? `profile ${place.profileId}` : `organization ${place.organizationId}`;
  return `${permission} ${where}`;
}
