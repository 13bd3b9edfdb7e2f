import { notify } from '../db/channels.ts';
import type { Database } from '../db/connect.ts';
import { newId } from '../ids.ts';
import type { Log } from '../log.ts';
import type { EventDefinition, RecordedEvent } from './define.ts';
import type { EventToRecord } from './record.ts';

const channel = 'multiwa_events_passing';

/**
 * Events about this moment: who listens now hears them, at whichever node, and nobody later. They have no place in the
 * order of the others (position 0) and may get lost.
 */
export interface PassingEvents {
  /** @param event its body as JSON is at most some thousand bytes */
  tell(definition: Pick<EventDefinition, 'name'>, event: EventToRecord): void;
  /** Calls the handler with every event that is told from now on; answers how to stop. */
  tail(handler: (event: RecordedEvent) => Promise<void> | void): () => void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function createPassingEvents({ database, log }: { database: Database; log: Log }): PassingEvents {
  const handlers = new Set<(event: RecordedEvent) => Promise<void> | void>();
  let unlisten: (() => Promise<void>) | undefined;

  function hear(payload: string): void {
    const told = JSON.parse(payload) as Omit<RecordedEvent, 'occurredAt'> & { occurredAt: string };
    const event = { ...told, occurredAt: new Date(told.occurredAt) };
    for (const handler of handlers) {
      void (async () => handler(event))().catch((error: unknown) =>
        log.warn({ err: error, event: event.name }, 'a passing event could not be told'),
      );
    }
  }

  return {
    tell({ name }, event) {
      const told = { id: newId(), name, position: 0, ...event, occurredAt: new Date() };
      notify(database.db, channel, JSON.stringify(told)).catch((error: unknown) =>
        log.debug({ err: error, event: name }, 'a passing event is lost'),
      );
    },
    tail(handler) {
      handlers.add(handler);
      return () => void handlers.delete(handler);
    },
    async start() {
      unlisten = await database.listen(channel, hear);
    },
    async stop() {
      await unlisten?.();
    },
  };
}
