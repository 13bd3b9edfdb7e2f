import type { Db } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { Log } from '../../platform/log.ts';
import { keepMessages, type ReadyMessage } from './keep.sql.ts';

const batchMax = 64;
const batchesAtOnce = 2;

/**
 * Keeps messages to chats that exist already; those that arrive while one statement is under way go together in the
 * next. Answers undefined for a message that could not be placed, for the caller to take the long way.
 */
export function createQuickAccept(deps: { db: Db; log: Log; events: EventRecorder }) {
  const { db, log, events } = deps;
  let waiting: { message: ReadyMessage; done: (conversationId: string | undefined) => void }[] = [];
  let running = 0;

  async function run(): Promise<void> {
    running += 1;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, batchMax);
      waiting = waiting.slice(batchMax);
      const kept = await keepMessages(
        db,
        events,
        batch.map((one) => one.message),
      ).catch((error: unknown) => {
        log.debug({ err: error, count: batch.length }, 'a batch could not be kept at once; one by one then');
        return [];
      });
      const conversations = new Map(kept.map((row) => [row.id, row.conversation_id]));
      if (kept.length > 0) events.committed();
      for (const { message, done } of batch) done(conversations.get(message.id));
    }
    running -= 1;
  }

  return {
    /** The conversation it was kept in. */
    keep(message: ReadyMessage): Promise<string | undefined> {
      return new Promise((done) => {
        waiting.push({ message, done });
        // A turn later, so that requests read from their sockets in the same turn go together.
        if (running < batchesAtOnce)
          setImmediate(() => waiting.length > 0 && running < batchesAtOnce && void run());
      });
    },
  };
}

export type QuickAccept = ReturnType<typeof createQuickAccept>;
