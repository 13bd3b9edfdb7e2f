import type { RecordedEvent } from '../../platform/events/define.ts';
import type { EventLog } from '../../platform/events/reader.ts';
import { messageQueued } from './messages.events.ts';
import type { MessageStore } from './messages.store.ts';
import type { Waiting } from './waiting.ts';

/**
 * A message may be decided on another node: whoever waits here hears of it through the event log. Answers how to stop.
 */
export function tellWaiters(deps: {
  events: Pick<EventLog, 'tail'>;
  waiting: Waiting;
  store: Pick<MessageStore, 'find'>;
}): () => Promise<void> {
  const { events, waiting, store } = deps;
  return events.tail('messages.waiting', async (recorded: RecordedEvent[]) => {
    for (const { name, organizationId, body } of recorded) {
      const messageId = String(body.messageId);
      if (name === messageQueued.name || !waiting.waits(messageId)) continue;
      const message = await store.find({ organizationId }, messageId);
      if (message) waiting.decided(message);
    }
  });
}
