import Type from 'typebox';
import type { Clock } from '../../../platform/clock.ts';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import { defineJob } from '../../../platform/jobs/define.ts';
import type { JobQueue } from '../../../platform/jobs/jobs.ts';
import {
  aboutConversation,
  conversationCleared,
  conversationDeleted,
  type Source,
} from '../conversations.events.ts';
import { editConversation } from '../conversations.sql.ts';
import type { ConversationRow } from '../conversations.tables.ts';
import { countRemoved, lockConversation } from '../counts.store.ts';
import { keepTold } from './chat-states.store.ts';
import { removeConversation, waitingIn } from './clearing.store.ts';

/** Messages that one transaction deletes. */
const batch = 500;

export const clearConversation = defineJob({
  name: 'conversations.clear',
  payload: Type.Object({
    conversationId: Type.String(),
    upTo: Type.String(),
    isDeleted: Type.Boolean(),
    isWhole: Type.Boolean(),
  }),
  timeoutSeconds: 900,
});

export interface Order {
  /** Messages that are younger stay, and with them the conversation. */
  upTo: Date;
  /** The conversation goes, too. */
  isDeleted: boolean;
  /** When somebody asked for it. */
  at: Date;
  source: Source;
}

interface Part {
  upTo: Date;
  isDeleted: boolean;
  /** Nothing is younger, so nothing is left to count. */
  isWhole: boolean;
}

export interface ClearingDeps {
  db: Db;
  clock: Clock;
  events: EventRecorder;
  jobs: JobQueue;
  /**
   * Deletes the oldest messages of a conversation up to a moment, for good: they do not come back with the past. Those that
   * wait to be sent only with `all`. Answers how many there were, and the newest that is left.
   */
  forget(
    tx: Tx,
    conversationId: string,
    which: { upTo: Date; limit: number; all: boolean },
  ): Promise<{ gone: number; unread: number; newestAt: Date | null }>;
}

/**
 * Empties conversations, however long they are: what one transaction can't delete is left to a job. A conversation that is
 * to go is in no list from the first moment; what arrives meanwhile keeps it.
 */
export function createClearing(deps: ClearingDeps) {
  const { db, clock, events, jobs } = deps;

  /** Deletes one batch of a locked conversation; answers whether that was the last. */
  async function forgetSome(tx: Tx, row: ConversationRow, part: Part): Promise<boolean> {
    const { upTo, isDeleted, isWhole } = part;
    const all = isDeleted && isWhole;
    const { gone, unread, newestAt } = await deps.forget(tx, row.id, { upTo, limit: batch, all });
    if (!isWhole && gone > 0) {
      await countRemoved(tx, row.id, { gone, unread, lastAt: newestAt, now: clock.now() });
    }
    if (gone === batch) return false;
    if (all && row.unreached) await removeConversation(tx, row.id);
    return true;
  }

  return {
    /** The conversation must be locked. What can't be deleted at once follows. */
    async begin(tx: Tx, row: ConversationRow, order: Order): Promise<ConversationRow> {
      const now = clock.now();
      const { upTo, source } = order;
      const isWhole = !row.last_message_at || row.last_message_at <= upTo;
      const isDeleted = order.isDeleted && isWhole;
      const { about, ...whose } = aboutConversation(row, now);
      let current = row;
      if (isWhole) {
        current = await editConversation(tx, row.id, {
          ...{ unread_count: 0, is_marked_unread: false, last_message_at: null, updated_at: now },
          ...(isDeleted
            ? { message_count: 0, unreached: true, is_pinned: false, is_archived: false }
            : { message_count: await waitingIn(tx, row.id) }),
        });
      }
      if (isDeleted) {
        const neutral = [
          { field: 'archived', value: { archived: false } },
          { field: 'pinned', value: { pinned: false } },
          { field: 'read', value: { read: true } },
        ] as const;
        const states = neutral.map((state) => ({ ...state, chat: row.chat, at: order.at }));
        await keepTold(tx, { organizationId: row.organization_id, profileId: row.profile_id }, states);
      }
      const event = isDeleted
        ? { definition: conversationDeleted, body: { ...about, source } }
        : { definition: conversationCleared, body: { ...about, upTo: upTo.toISOString(), source } };
      await events.recordAll(tx, [
        { organizationId: whose.organizationId, profileId: whose.profileId, ...event },
      ]);
      const isDone = await forgetSome(tx, current, { upTo, isDeleted, isWhole });
      if (!isDone) {
        const payload = { conversationId: row.id, upTo: upTo.toISOString(), isDeleted, isWhole };
        await jobs.enqueue(tx, clearConversation, payload);
      }
      return current;
    },

    /** Goes on with what was begun. */
    async goOn(
      payload: { conversationId: string; upTo: string; isDeleted: boolean; isWhole: boolean },
      signal: AbortSignal,
    ): Promise<void> {
      const { conversationId, upTo, ...part } = payload;
      for (let isDone = false; !isDone && !signal.aborted; ) {
        isDone = await inTransaction(db, async (tx) => {
          const row = await lockConversation(tx, conversationId);
          return !row || forgetSome(tx, row, { ...part, upTo: new Date(upTo) });
        });
      }
      if (signal.aborted) throw new Error('the clearing of a conversation goes on later');
    },
  };
}

export type Clearing = ReturnType<typeof createClearing>;
