import type { ChatId } from '../platform/chat-id.ts';

/* Chats and people as engines and the rest speak of them; a part of the port. */

/** How long the messages of a chat last on phones (0 seconds: for ever), and since when that is so. */
export interface Expiration {
  seconds: number;
  since: Date;
}

/** Something about a chat that is no message: its other name, its subject, its expiration. */
export interface ChatFact {
  chat: ChatId;
  /** The other name of a direct chat. */
  alias?: ChatId;
  /** The subject of a group. */
  name?: string;
  expiration?: Expiration;
}

/** A person as a stanza names them: by at least one of the two addresses. */
export interface Person {
  phone?: ChatId;
  lid?: ChatId;
  name?: string;
}
