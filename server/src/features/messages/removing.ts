import type { Clock } from '../../platform/clock.ts';
import { type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { Failure } from '../../platform/failures.ts';
import type { Tenancy } from '../../platform/tenancy.ts';
import { type ConversationRow, countRemoved, lockConversation } from '../conversations/index.ts';
import type { Media } from '../media/index.ts';
import { noteRemoved } from './history/past.store.ts';
import { messageDeleted } from './messages.events.ts';
import type { MessageStore } from './messages.store.ts';

/** Deletes messages from our records, with what was done to them; on phones they stay. */
export function createRemoving(deps: {
  db: Db;
  clock: Clock;
  store: Pick<MessageStore, 'find' | 'remove' | 'newestAt'>;
  events: EventRecorder;
  media: Pick<Media, 'release'>;
}) {
  const { db, clock, store, events } = deps;

  /** The conversation must be locked. False: it is not there. */
  async function removeFrom(
    tx: Tx,
    conversation: ConversationRow,
    id: string,
    source: 'api' | 'phone',
  ): Promise<boolean> {
    const message = await store.remove(tx, id);
    if (!message) return false;
    await noteRemoved(tx, message, clock.now());
    const wasUnread =
      message.direction === 'incoming' && message.status === 'received' && !message.revoked_at;
    const lastAt = await store.newestAt(tx, conversation.id);
    const count = { gone: 1, unread: Number(wasUnread), lastAt, now: clock.now() };
    await countRemoved(tx, conversation.id, count);
    await deps.media.release(tx, 'message', [message.id]);
    await events.record(tx, messageDeleted, {
      organizationId: message.organization_id,
      profileId: message.profile_id,
      body: {
        profileId: message.profile_id,
        messageId: message.id,
        waMessageId: message.wa_message_id,
        conversationId: conversation.id,
        chatId: conversation.chat,
        timestamp: clock.now().toISOString(),
        source,
      },
    });
    return true;
  }

  return {
    removeFrom,

    /** @throws Failure MESSAGE_NOT_FOUND */
    async remove(tenancy: Tenancy, id: string): Promise<void> {
      const found = await store.find(tenancy, id);
      if (!found) throw new Failure('MESSAGE_NOT_FOUND');
      await inTransaction(db, async (tx) => {
        const conversation = await lockConversation(tx, found.conversation_id);
        if (!conversation || !(await removeFrom(tx, conversation, found.id, 'api'))) {
          throw new Failure('MESSAGE_NOT_FOUND');
        }
      });
    },
  };
}

export type Removing = ReturnType<typeof createRemoving>;
