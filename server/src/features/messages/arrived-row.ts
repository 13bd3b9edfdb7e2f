import type { Insertable } from 'kysely';
import type { IncomingMessage } from '../../engines/port.ts';
import { type ChatId, chatKind, lidOf, phoneChat, phoneOf } from '../../platform/chat-id.ts';
import { newId } from '../../platform/ids.ts';
import type { ConversationRow } from '../conversations/index.ts';
import type { Live } from '../profiles/index.ts';
import { contentOf, mentionsIn } from './arrived-content.ts';
import type { Phones } from './changes/authors.ts';
import { kindOf } from './kinds/kinds.ts';
import type { MessagesTable } from './messages.tables.ts';
import { fromPhone } from './origin.ts';

/** @param phones phone numbers by linked identity, in bare digits */
export function arrivedRow(
  live: Live,
  message: IncomingMessage,
  conversation: Pick<ConversationRow, 'id' | 'type'>,
  phones: Phones,
  now: Date,
) {
  return {
    id: newId(),
    organization_id: live.organizationId,
    profile_id: live.profileId,
    conversation_id: conversation.id,
    wa_message_id: message.id,
    direction: message.fromMe ? 'outgoing' : 'incoming',
    sender: senderOf(message, phones),
    sender_name: message.sender.name ?? null,
    type: message.content.type,
    content: {
      ...contentOf(message.content, phones),
      ...(message.file && { media: { state: 'waiting' } }),
    },
    quoted_message_id: message.quotedId ?? null,
    status: statusOf(message, conversation),
    failure_code: null,
    failure_reason: null,
    generation: live.generation,
    origin_kind: message.fromMe ? fromPhone.kind : null,
    origin_id: null,
    client_reference: null,
    retry_of: null,
    expiration: message.expiration?.seconds ?? null,
    expires_at: null,
    timestamp: momentOf(message, now),
    created_at: now,
    updated_at: now,
  } satisfies Insertable<MessagesTable>;
}

function statusOf({ fromMe, content }: IncomingMessage, { type }: Pick<ConversationRow, 'type'>) {
  if (fromMe) return 'sent';
  const isNews = kindOf(content.type)?.isNews?.(content) ?? true;
  return type !== 'newsletter' && isNews ? 'received' : 'read';
}

/** What names the chat: not our own push name, nor that of a member of a group. */
export function nameOfChat({ chat, fromMe, sender }: IncomingMessage): string | undefined {
  return chatKind(chat) === 'user' && !fromMe ? sender.name : undefined;
}

/** @param phones phone numbers by linked identity, in bare digits */
export function senderOf({ sender, fromMe, chat, chatAlias }: IncomingMessage, phones: Phones) {
  const { phone, lid } = sender;
  if (phone) return phone;
  if (!lid) return null;
  const known = phones.get(lidOf(lid) ?? '');
  if (known) return phoneChat(known);
  // In a direct chat the sender is the chat, whose number a stanza may have told under its other name.
  const isOther = !fromMe && chatKind(chat) === 'user';
  const named = [chat, chatAlias].find((name) => name !== undefined && phoneOf(name));
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

/** The linked identities in these messages that are told without a number. */
export function lidsIn(messages: readonly IncomingMessage[]): string[] {
  const people = messages.flatMap(({ sender, content }): ChatId[] => [
    ...(sender.phone || !sender.lid ? [] : [sender.lid]),
    ...mentionsIn(content),
  ]);
  return [...new Set(people.map((person) => lidOf(person)).filter((lid) => lid !== undefined))];
}
