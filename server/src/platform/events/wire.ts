import type { Log } from '../log.ts';
import type { EventDefinition, RecordedEvent } from './define.ts';

/** An event as every door shows it, in this order of fields. */
export interface WireEvent {
  id: string;
  event: string;
  sequence: number;
  /** When it happened, ISO 8601. */
  timestamp: string;
  profileId: string | null;
  data: Record<string, unknown>;
}

/** What clients get for an event. When its wire form can't be made, they get the recorded body: no event is lost. */
export async function wireEvent(
  event: RecordedEvent,
  definition: EventDefinition,
  log: Log,
): Promise<WireEvent> {
  let data = event.body;
  try {
    data = await definition.wire(event);
  } catch (error) {
    log.error({ err: error, event: event.name, eventId: event.id }, 'The wire form of an event failed');
  }
  return {
    id: event.id,
    event: event.name,
    sequence: event.position,
    timestamp: event.occurredAt.toISOString(),
    profileId: event.profileId,
    data,
  };
}
