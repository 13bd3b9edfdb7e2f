import type { Permission } from '../actor.ts';

/** What somebody must be allowed to read before an event may reach them, whichever door it leaves by. */
export function permissionFor(eventName: string): Permission {
  return eventName.startsWith('message.') ? 'message:read' : 'profile:read';
}
