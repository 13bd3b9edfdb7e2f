import { type ChatId, tryParseChatId } from '../../platform/chat-id.ts';
import type { Clock } from '../../platform/clock.ts';
import { afterCommit, type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { Failure } from '../../platform/failures.ts';
import type { Tenancy } from '../../platform/tenancy.ts';
import {
  type ConversationRow,
  conversationOfChat,
  countRead,
  lockConversation,
} from '../conversations/index.ts';
import { messagesMarkedRead } from './messages.events.ts';
import type { MessageStore } from './messages.store.ts';
import type { Senders } from './senders.ts';

/** Marks what came in as read: here at once, and for its senders as soon as the profile is connected. */
export function createMarkRead(deps: {
  db: Db;
  clock: Clock;
  store: Pick<MessageStore, 'markRead' | 'idsIn'>;
  senders: Senders;
  events: EventRecorder;
  defaultCountry: string;
  /** Read receipts wait to go out. */
  poke(profileId: string): void;
}) {
  const { db, clock, store, events } = deps;

  /**
   * The messages of a conversation, those of them that are named by our ids or those up to a moment; answers what is unread
   * then. `isTold`: their senders know that they were read.
   */
  async function mark(
    tx: Tx,
    conversationId: string,
    which: { ids?: readonly string[]; upTo?: Date; isTold?: boolean } = {},
  ): Promise<ConversationRow> {
    const now = clock.now();
    const locked = await lockConversation(tx, conversationId);
    if (!locked) throw new Failure('CONVERSATION_NOT_FOUND');
    const marked = await store.markRead(tx, conversationId, now, which);
    const { ids, upTo } = which;
    const isPart = ids ?? (upTo && locked.last_message_at && upTo < locked.last_message_at);
    const conversation = await countRead(tx, conversationId, isPart ? marked.length : 'all', now);
    if (marked.length === 0) return conversation;
    const { organization_id: organizationId, profile_id: profileId } = conversation;
    await events.record(tx, messagesMarkedRead, {
      organizationId,
      profileId,
      body: {
        profileId,
        conversationId,
        chatId: conversation.chat,
        unreadCount: conversation.unread_count,
        messages: marked.map(({ id, wa_message_id }) => ({ messageId: id, waMessageId: wa_message_id })),
        timestamp: now.toISOString(),
      },
    });
    if (!which.isTold) afterCommit(tx, () => deps.poke(profileId));
    return conversation;
  }

  return {
    /** All of a conversation. */
    all: async (tx: Tx, conversationId: string): Promise<void> => void (await mark(tx, conversationId)),

    /** All of a conversation up to a moment, which was read on another device of the account. */
    upTo: async (tx: Tx, conversationId: string, upTo: Date): Promise<ConversationRow> =>
      mark(tx, conversationId, { upTo, isTold: true }),

    /** Messages of a chat that were read on another device, by the ids of the network. */
    elsewhere: (profileId: string, chat: ChatId, waIds: readonly string[]): Promise<void> =>
      inTransaction(db, async (tx) => {
        const conversation = await conversationOfChat(tx, profileId, chat);
        if (!conversation) return;
        const known = await store.idsIn(tx, conversation.id, waIds);
        const ids = [...new Set(known.values())];
        if (ids.length > 0) await mark(tx, conversation.id, { ids, isTold: true });
      }),

    /** @throws Failure naming each message that is not in the chat */
    async ofChat(
      tenancy: Tenancy,
      order: { profileId: string; chatId: string; messageIds?: string[] | null | undefined },
    ) {
      const { profileId, chatId, messageIds } = order;
      const sender = await deps.senders.get(tenancy, profileId);
      const chat = tryParseChatId(chatId, sender.defaultCountry ?? deps.defaultCountry);
      if (!chat) {
        throw new Failure('INVALID_RECIPIENT', { says: `Invalid recipient: ${chatId.slice(0, 64)}` });
      }
      return inTransaction(db, async (tx) => {
        const conversation = await conversationOfChat(tx, profileId, chat);
        if (!conversation) throw new Failure('CONVERSATION_NOT_FOUND');
        const ids = messageIds ? await idsOf(tx, conversation.id, messageIds) : undefined;
        const { unread_count: unreadCount } = await mark(tx, conversation.id, ids ? { ids } : {});
        return {
          success: true,
          chatId: conversation.chat,
          conversationId: conversation.id,
          unreadCount,
          ...(messageIds && { messageIds }),
        };
      });
    },
  };

  async function idsOf(tx: Tx, conversationId: string, named: readonly string[]): Promise<string[]> {
    const known = await store.idsIn(tx, conversationId, named);
    const details = named.flatMap((one, index) =>
      known.has(one) ? [] : [{ path: `/messageIds/${index}`, problem: 'is no message of this chat' }],
    );
    if (details.length > 0) throw new Failure('MESSAGE_NOT_FOUND', { details });
    return [...known.values()];
  }
}

export type MarkRead = ReturnType<typeof createMarkRead>;
