import type { Namespace } from 'socket.io';
import type { EventDefinition, RecordedEvent, SocketForm } from '../platform/events/define.ts';
import { wireEvent } from '../platform/events/wire.ts';
import type { Log } from '../platform/log.ts';
import { audienceOf } from './rooms.ts';
import type { Client } from './watch.ts';

export interface Teller {
  /** Tells each event to the rooms where it is heard. */
  tell(events: readonly RecordedEvent[]): Promise<void>;
  /** Tells one client what it missed, in the same forms. */
  tellOne(client: Client, event: RecordedEvent): Promise<void>;
  /** Events up to here have been told. */
  upTo(): number;
  /** The client has read what is heard in these rooms, up to there, by itself: the rooms do not tell it again. */
  skip(client: Client, rooms: readonly string[], upTo: number): void;
}

/**
 * Emits each event in its own socket forms and, when it is public, as the generic `event`
 * `{id, event, sequence, profileId, data, timestamp}`. Nothing is made for rooms without anybody in them.
 */
export function createTeller(deps: {
  namespace: Namespace;
  catalogue: () => readonly EventDefinition[];
  log: Log;
}): Teller {
  const { namespace, log } = deps;
  const ahead = new Map<string, { rooms: ReadonlySet<string>; upTo: number }[]>();
  let upTo = 0;

  const definitionOf = ({ name }: RecordedEvent) => deps.catalogue().find((one) => one.name === name);

  async function formsOf(event: RecordedEvent, definition: EventDefinition): Promise<SocketForm[]> {
    const own = await definition.socket(event);
    if (!definition.isPublic && !definition.isPassing) return own;
    return [...own, { name: 'event', payload: await wireEvent(event, definition, log) }];
  }

  /** Those who have read it already; who is no longer ahead is forgotten. */
  function whoKnows({ position }: RecordedEvent, audience: readonly string[]): string[] {
    const ids: string[] = [];
    for (const [id, entries] of ahead) {
      const left = entries.filter((one) => one.upTo >= position);
      if (left.length > 0) ahead.set(id, left);
      else ahead.delete(id);
      if (left.some(({ rooms }) => audience.some((room) => rooms.has(room)))) ids.push(id);
    }
    return ids;
  }

  async function tell(event: RecordedEvent): Promise<void> {
    const definition = definitionOf(event);
    const audience = definition ? audienceOf(event, definition) : [];
    const isHeard = audience.some((room) => namespace.adapter.rooms.has(room));
    const forms = definition && isHeard ? await formsOf(event, definition) : [];
    // From here on in one step: a client that joins meanwhile has heard it by now, or reads that it was told.
    const isKept = event.position > 0;
    if (isKept) upTo = event.position;
    const knowing = isKept && ahead.size > 0 ? whoKnows(event, audience) : [];
    for (const { name, payload } of forms) namespace.to(audience).except(knowing).emit(name, payload);
  }

  return {
    upTo: () => upTo,
    skip(client, rooms, to) {
      if (to > upTo)
        ahead.set(client.id, [...(ahead.get(client.id) ?? []), { rooms: new Set(rooms), upTo: to }]);
    },
    async tellOne(client, event) {
      const definition = definitionOf(event);
      if (!definition) return;
      for (const { name, payload } of await formsOf(event, definition)) {
        (client as { emit(name: string, payload: unknown): unknown }).emit(name, payload);
      }
    },
    async tell(events) {
      for (const event of events) {
        try {
          await tell(event);
        } catch (error) {
          upTo = Math.max(upTo, event.position);
          log.error({ err: error, event: event.name, eventId: event.id }, 'An event could not be emitted');
        }
      }
    },
  };
}
