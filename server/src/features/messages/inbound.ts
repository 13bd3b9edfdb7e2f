import type { IncomingMessage } from '../../engines/port.ts';
import { type ChatId, chatKind, lidOf, phoneChat, phoneOf } from '../../platform/chat-id.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { newId } from '../../platform/ids.ts';
import { phoneOfLid } from '../contacts/index.ts';
import { presentConversation, resolveConversation } from '../conversations/index.ts';
import type { Live } from '../profiles/index.ts';
import { messageReceived, messageSent } from './messages.events.ts';
import { aboutOutgoing, presentMessage } from './messages.present.ts';
import type { MessageStore } from './messages.store.ts';

/**
 * Stores what arrives: message, conversation, contact, event and the engine's own record of it change in one
 * transaction, so a message is there once or will be brought again, never lost and never doubled.
 */
export function createInbound(deps: { db: Db; clock: Clock; store: MessageStore; events: EventRecorder }) {
  const { db, clock, store, events } = deps;

  /** Stores one message; answers the event that tells of it, or undefined when it was there already. */
  async function storeOne(tx: Tx, live: Live, message: IncomingMessage): Promise<Fact | undefined> {
    const whose = { organizationId: live.organizationId, profileId: live.profileId };
    const isDirect = chatKind(message.chat) === 'user';
    const conversation = await resolveConversation(tx, clock, whose, message.chat, {
      alias: message.chatAlias,
      // Our own push name must not become the name of the chat.
      name: isDirect && !message.fromMe ? message.sender.name : undefined,
    });
    const now = clock.now();
    const row = await store.insertAndTouch(
      tx,
      {
        id: newId(),
        organization_id: live.organizationId,
        profile_id: live.profileId,
        conversation_id: conversation.id,
        wa_message_id: message.id,
        direction: message.fromMe ? 'outgoing' : 'incoming',
        sender: await senderOf(tx, live.profileId, message),
        sender_name: message.sender.name ?? null,
        type: message.content.type,
        content: JSON.stringify(withoutType(message.content)),
        quoted_message_id: message.quotedId ?? null,
        status: message.fromMe ? 'sent' : 'received',
        failure_code: null,
        failure_reason: null,
        generation: live.generation,
        expires_at: null,
        timestamp: momentOf(message, now),
        created_at: now,
        updated_at: now,
      },
      { unread: message.fromMe ? 0 : 1 },
    );
    await message.settle(tx);
    if (!row) return undefined;
    if (message.fromMe) {
      const body = { ...aboutOutgoing(row, conversation.chat), source: 'phone' };
      return { definition: messageSent, ...whose, body };
    }
    const { unread_count, last_message_at } = row;
    const body = {
      profileId: live.profileId,
      message: presentMessage(row),
      conversation: presentConversation({ ...conversation, unread_count, last_message_at, updated_at: now }),
    };
    return { definition: messageReceived, ...whose, body };
  }

  async function storeAll(live: Live, messages: IncomingMessage[]): Promise<void> {
    await inTransaction(db, async (tx) => {
      const facts: Fact[] = [];
      for (const message of messages) {
        const fact = await storeOne(tx, live, message);
        if (fact) facts.push(fact);
      }
      await events.recordAll(tx, facts);
    });
  }

  return {
    /** Stores a batch in order and in one transaction; when that fails, one by one, so that none holds up another. */
    async received(live: Live, messages: IncomingMessage[]): Promise<void> {
      if (messages.length > 1 && (await storeAll(live, messages).then(succeeded, failed))) return;
      const failures: unknown[] = [];
      for (const message of messages) {
        await storeAll(live, [message]).catch((error: unknown) => failures.push(error));
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}

type Fact = Parameters<EventRecorder['recordAll']>[1][number];

const succeeded = () => true;
const failed = () => false;

async function senderOf(tx: Tx, profileId: string, message: IncomingMessage): Promise<ChatId | null> {
  const { phone, lid } = message.sender;
  if (phone) return phone;
  if (!lid) return null;
  const known = await phoneOfLid(tx, profileId, lidOf(lid) ?? '');
  if (known) return phoneChat(known);
  // In a direct chat the sender is the chat, whose number a stanza may have told under its other name.
  const isOther = !message.fromMe && chatKind(message.chat) === 'user';
  const named = [message.chat, message.chatAlias].find((chat) => chat !== undefined && phoneOf(chat));
  return isOther && named ? named : lid;
}

/**
 * WhatsApp tells whole seconds. Within that second the moment of arrival is taken for what is news, so that
 * question and answer keep their order.
 */
function momentOf(message: IncomingMessage, now: Date): Date {
  if (message.late) return message.timestamp;
  const fromMs = message.timestamp.getTime();
  return new Date(Math.min(Math.max(now.getTime(), fromMs), fromMs + 999));
}

function withoutType(content: IncomingMessage['content']): Record<string, unknown> {
  const { type: _, ...rest } = content;
  return rest;
}
