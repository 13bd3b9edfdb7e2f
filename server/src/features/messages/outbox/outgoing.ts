import type { EngineMessageId, OutgoingMessage, QuotedMessage } from '../../../engines/port.ts';
import { type ChatId, storedChat } from '../../../platform/chat-id.ts';
import { Failure } from '../../../platform/failures.ts';
import { kindOf } from '../kinds/kinds.ts';
import type { MessageRow } from '../messages.present.ts';

/** What a stored reply keeps of the message it quotes, so that it can be built again without it. */
export interface StoredQuote {
  waMessageId: string;
  sender: string | null;
  fromMe: boolean;
  text: string;
  /** Its kind and what answers show of that; absent: a text. */
  type?: string;
  content?: Record<string, unknown>;
  /** Where it stands, when that is not the chat of the reply. */
  chat?: string;
}

/** What may go with any kind. */
interface Surroundings {
  quoted?: StoredQuote;
  mentions?: string[];
  mentionsAll?: boolean;
  forwardingScore?: number;
}

/** What has to be known of a message that is sent. */
type StoredMessage = Pick<MessageRow, 'type' | 'content' | 'original_content' | 'expiration'> & {
  chat: string;
  expiration_since: Date | null;
};

/**
 * The message that a row stands for. It must give the same content each time: a retry of a receiver that
 * could not decrypt it is answered from the row.
 */
export function outgoingOf(row: StoredMessage): OutgoingMessage {
  const sending = kindOf(row.type)?.sending;
  if (!sending) throw new Failure('INTERNAL_ERROR', { cause: `no way to send a ${row.type} message` });
  // An edit made on the phone travels by itself; this id stays what it was when it was first sent.
  const content = row.original_content ?? row.content;
  const { quoted, mentions, mentionsAll, forwardingScore } = content as Surroundings;
  return {
    ...sending.outgoing(content),
    ...(quoted && { quoted: quoteOf(quoted, storedChat(row.chat)) }),
    ...(row.expiration && {
      expiration: { seconds: row.expiration, ...(row.expiration_since && { since: row.expiration_since }) },
    }),
    ...(forwardingScore && { forwardingScore }),
    ...(mentions && { mentions: mentions.map(storedChat) }),
    ...(mentionsAll && { mentionsAll }),
  };
}

function quoteOf(quoted: StoredQuote, chat: ChatId): QuotedMessage {
  return {
    id: quoted.waMessageId as EngineMessageId,
    chat: quoted.chat ? storedChat(quoted.chat) : chat,
    sender: quoted.fromMe ? 'me' : quoted.sender ? storedChat(quoted.sender) : chat,
    text: quoted.text,
    ...(quoted.type && { content: { ...quoted.content, type: quoted.type } }),
  };
}
