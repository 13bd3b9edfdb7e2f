import type { ChatId } from '../platform/chat-id.ts';
import type { Person } from './chats.ts';
import type { EngineMessageId } from './message-id.ts';

/*
 * What a person sets for chats, messages, labels and contacts, on which all devices of the account agree; a part of the
 * port. The same words go both ways.
 */

/** What can be set, by kind. Moments called `upTo` bound the messages that it is about; absent: all until it was set. */
export interface StateKinds {
  archived: { chat: ChatId; archived: boolean };
  /** `until` absent: for ever. */
  muted: { chat: ChatId; muted: boolean; until?: Date };
  pinned: { chat: ChatId; pinned: boolean };
  /** `read: false` marks a chat as unread though all of it was read. */
  read: { chat: ChatId; read: boolean; upTo?: Date };
  /** Its messages are gone from all devices of the account. */
  cleared: { chat: ChatId; upTo?: Date };
  /** The chat itself is gone as well. */
  deleted: { chat: ChatId; upTo?: Date };
  /** `sender` is who wrote it, in a group. */
  starred: { chat: ChatId; id: EngineMessageId; fromMe: boolean; sender?: ChatId; starred: boolean };
  /** A message was deleted on the account's own devices only. */
  removed: { chat: ChatId; id: EngineMessageId; fromMe: boolean; sentAt?: Date };
  /** A label of the network: its name, and its colour by number; without a name it is gone. */
  label: { label: string; name: string | null; color?: number };
  labelled: { chat: ChatId; label: string; labelled: boolean };
  /** A person in the address book; without a name they are not in it any more. `onPhone` false: in that of WhatsApp only. */
  contact: { person: Person; name: string | null; firstName?: string; onPhone?: boolean };
}

/** One thing that was set, and when. Of two for the same thing the later one holds. */
export type StateChange<Kind extends keyof StateKinds = keyof StateKinds> = {
  [K in Kind]: { kind: K; at: Date } & StateKinds[K];
}[Kind];

/** A message as one that sets something for its chat names it. */
export interface NamedMessage {
  id: EngineMessageId;
  fromMe: boolean;
  at: Date;
  /** Who wrote it, in a group. */
  sender?: ChatId;
}

/** Sets something for the whole account. */
export interface StatePower {
  /**
   * Resolves when the network has it; the other devices of the account read it there. Doing it twice changes nothing.
   * @param newest the newest messages of the chat, which other devices compare with theirs
   * @param isStill asked once all that other devices have set by now was told; false: leave it
   * @throws EngineGone: there is no connection or no answer, or the phone has not shared the key yet. It may have been set.
   */
  change(
    change: StateChange,
    newest?: readonly NamedMessage[],
    isStill?: () => Promise<boolean>,
  ): Promise<void>;
}
