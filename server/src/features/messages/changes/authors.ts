import { type ChatId, lidOf, phoneChat } from '../../../platform/chat-id.ts';
import type { ConversationRow } from '../../conversations/index.ts';
import type { MessageRow } from '../messages.present.ts';

/** Phone numbers by linked identity, in bare digits. */
export type Phones = ReadonlyMap<string, string>;

/** A person by their number where it is known, so that one of two names is as good as the other. */
export function knownAs<Author extends string | null>(author: Author, phones: Phones): Author | ChatId {
  const lid = author === null ? undefined : lidOf(author as ChatId);
  const phone = lid === undefined ? undefined : phones.get(lid);
  return phone ? phoneChat(phone) : author;
}

/** Names who did something within one conversation; a direct chat has two people, whatever their addresses. */
export function authorKey(
  conversation: Pick<ConversationRow, 'type'>,
  by: { fromMe: boolean; author: string | null },
  phones: Phones,
): string {
  if (by.fromMe) return 'me';
  return conversation.type === 'user' ? 'them' : (knownAs(by.author, phones) ?? '');
}

/** Who wrote a message, in the same words. */
export function authorOf(
  conversation: Pick<ConversationRow, 'type'>,
  message: Pick<MessageRow, 'direction' | 'sender'>,
  phones: Phones,
): string {
  const by = { fromMe: message.direction === 'outgoing', author: message.sender };
  return authorKey(conversation, by, phones);
}
