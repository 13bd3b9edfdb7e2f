import { batched } from '../../platform/concurrency/batched.ts';
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

  async function keepAll(messages: ReadyMessage[]): Promise<(string | undefined)[]> {
    const kept = await keepMessages(db, events, messages).catch((error: unknown) => {
      log.debug({ err: error, count: messages.length }, 'a batch could not be kept at once; one by one then');
      return [];
    });
    if (kept.length > 0) events.committed();
    const conversations = new Map(kept.map((row) => [row.id, row.conversation_id]));
    return messages.map(({ id }) => conversations.get(id));
  }

  return {
    /** The conversation it was kept in. */
    keep: batched(keepAll, {
      max: batchMax,
      atOnce: batchesAtOnce,
      // Requests read from their sockets in the same turn go together.
      aTurnLater: true,
    }),
  };
}

export type QuickAccept = ReturnType<typeof createQuickAccept>;
