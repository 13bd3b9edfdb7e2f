import type { Clock } from '../../platform/clock.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import type { Media } from '../media/index.ts';
import { clearMessages } from './clearing.store.ts';
import type { MessageStore } from './messages.store.ts';

/** Empties conversations for their feature, a batch at a time and in its transaction. */
export function createClearMessages(deps: {
  clock: Clock;
  store: Pick<MessageStore, 'newestAt'>;
  media: Pick<Media, 'release'>;
}) {
  /** @returns how many there were, how many of them were unread, and when the newest that is left was sent */
  return async (
    tx: Tx,
    conversationId: string,
    which: { upTo: Date; limit: number; all: boolean },
  ): Promise<{ gone: number; unread: number; newestAt: Date | null }> => {
    const cleared = await clearMessages(tx, conversationId, { ...which, now: deps.clock.now() });
    const ids = cleared.map(({ id }) => id);
    if (ids.length > 0) await deps.media.release(tx, 'message', ids);
    return {
      gone: cleared.length,
      unread: cleared.filter((message) => message.was_unread).length,
      newestAt: await deps.store.newestAt(tx, conversationId),
    };
  };
}
