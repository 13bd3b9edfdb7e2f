import type { Namespace } from 'socket.io';
import type { EventDefinition, RecordedEvent } from '../platform/events/define.ts';
import { wireEvent } from '../platform/events/wire.ts';
import type { Log } from '../platform/log.ts';
import { audienceOf } from './rooms.ts';

/**
 * Emits each event in its own socket forms and, when it is public, as the generic `event`
 * `{id, event, sequence, profileId, data, timestamp}`. Nothing is made for rooms without anybody in them.
 */
export function createTeller(deps: {
  namespace: Namespace;
  catalogue: () => readonly EventDefinition[];
  log: Log;
}): (events: RecordedEvent[]) => Promise<void> {
  const { namespace, log } = deps;

  async function tell(event: RecordedEvent): Promise<void> {
    const definition = deps.catalogue().find((one) => one.name === event.name);
    if (!definition) return;
    const rooms = audienceOf(event, definition).filter((room) => namespace.adapter.rooms.has(room));
    if (rooms.length === 0) return;
    for (const form of await definition.socket(event)) namespace.to(rooms).emit(form.name, form.payload);
    if (!definition.isPublic && !definition.isPassing) return;
    namespace.to(rooms).emit('event', await wireEvent(event, definition, log));
  }

  return async (events) => {
    for (const event of events) {
      try {
        await tell(event);
      } catch (error) {
        log.error({ err: error, event: event.name, eventId: event.id }, 'An event could not be emitted');
      }
    }
  };
}
