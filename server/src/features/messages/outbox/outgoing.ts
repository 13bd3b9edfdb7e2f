import type { EngineMessageId, OutgoingMessage, QuotedMessage } from '../../../engines/port.ts';
import { type ChatId, storedChat } from '../../../platform/chat-id.ts';
import { Failure } from '../../../platform/failures.ts';
import type { MessageRow } from '../messages.present.ts';

/** What a stored reply keeps of the message it quotes, so that it can be built again without it. */
export interface StoredQuote {
  waMessageId: string;
  sender: string | null;
  fromMe: boolean;
  text: string;
  /** Where it stands, when that is not the chat of the reply. */
  chat?: string;
}

interface StoredText {
  text: string;
  quoted?: StoredQuote;
  mentions?: string[];
}

/**
 * The message that a row stands for. It must give the same content each time: a retry of a receiver that
 * could not decrypt it is answered from the row.
 */
export function outgoingOf(
  row: MessageRow & { chat: string; expiration_since: Date | null },
): OutgoingMessage {
  if (row.type !== 'text')
    throw new Failure('INTERNAL_ERROR', { cause: `no way to send a ${row.type} message` });
  // An edit made on the phone travels by itself; this id stays what it was when it was first sent.
  const { text, quoted, mentions } = (row.original_content ?? row.content) as unknown as StoredText;
  return {
    type: 'text',
    text,
    ...(quoted && { quoted: quoteOf(quoted, storedChat(row.chat)) }),
    ...(row.expiration && {
      expiration: { seconds: row.expiration, ...(row.expiration_since && { since: row.expiration_since }) },
    }),
    ...(mentions && { mentions: mentions.map(storedChat) }),
  };
}

function quoteOf(quoted: StoredQuote, chat: ChatId): QuotedMessage {
  return {
    id: quoted.waMessageId as EngineMessageId,
    chat: quoted.chat ? storedChat(quoted.chat) : chat,
    sender: quoted.fromMe ? 'me' : quoted.sender ? storedChat(quoted.sender) : chat,
    text: quoted.text,
  };
}
