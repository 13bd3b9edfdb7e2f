import { type Clock, dayMs, later } from '../../platform/clock.ts';
import { type Db, inTransaction } from '../../platform/db/transaction.ts';
import { countRemoved, lockConversation } from '../conversations/index.ts';
import type { Media } from '../media/index.ts';
import type { MessageStore } from './messages.store.ts';
import type { RetentionStore } from './retention.store.ts';

const batch = 200;

/**
 * Deletes messages for good that are older than their organisation keeps them: in small batches, so that nobody waits long
 * for a conversation, and without an event for each.
 */
export function createRetention(deps: {
  db: Db;
  clock: Clock;
  store: RetentionStore;
  messages: Pick<MessageStore, 'newestAt'>;
  media: Pick<Media, 'release'>;
}) {
  const { db, clock, store, messages, media } = deps;

  /** Answers how many there were to delete. */
  async function forgetSome(profileId: string, before: Date): Promise<number> {
    const old = await store.oldest(profileId, before, batch);
    if (old.length === 0) return 0;
    await inTransaction(db, async (tx) => {
      const conversations = [...new Set(old.map((message) => message.conversation_id))].sort();
      for (const id of conversations) await lockConversation(tx, id);
      const removed = await store.remove(
        tx,
        old.map(({ id }) => id),
      );
      // One that has moved to another conversation meanwhile is counted there.
      const perConversation = Map.groupBy(removed, (message) => message.conversation_id);
      for (const [id, gone] of [...perConversation].sort(([a], [b]) => (a < b ? -1 : 1))) {
        const unread = gone.filter((message) => message.was_unread).length;
        const lastAt = await messages.newestAt(tx, id);
        await countRemoved(tx, id, { gone: gone.length, unread, lastAt, now: clock.now() });
      }
      const ids = removed.map(({ id }) => id);
      await media.release(tx, 'message', ids);
    });
    return old.length;
  }

  return async (_payload: object, signal: AbortSignal): Promise<void> => {
    for (const { id, days } of await store.profiles()) {
      const before = later(clock.now(), -days * dayMs);
      while (!signal.aborted && (await forgetSome(id, before)) === batch);
    }
  };
}
