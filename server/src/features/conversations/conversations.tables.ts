import type { Generated, Selectable } from 'kysely';
import type { JsonDefault } from '../../platform/db/json-column.ts';

/** Whether somebody has to deal with it. */
export type ConversationStatus = 'open' | 'closed' | 'snoozed';

export interface ConversationsTable {
  id: string;
  organization_id: string;
  profile_id: string;
  contact_id: string | null;
  assigned_user_id: string | null;
  chat: string;
  lid: string | null;
  type: string;
  /** A group's subject, a person's saved name, or else the name they gave themselves. */
  name: string | null;
  /** Seconds that messages last on phones; 0: for ever, null: unknown. */
  expiration: number | null;
  expiration_since: Date | null;
  /** All that are stored, in and out. */
  message_count: Generated<number>;
  unread_count: Generated<number>;
  is_archived: Generated<boolean>;
  is_muted: Generated<boolean>;
  /** Null: for ever, when it is muted. */
  muted_until: Date | null;
  is_pinned: Generated<boolean>;
  /** Somebody wants to come back to it though all of it was read. */
  is_marked_unread: Generated<boolean>;
  status: Generated<ConversationStatus>;
  /** When one that rests is open again. */
  snoozed_until: Date | null;
  metadata: JsonDefault;
  last_message_at: Date | null;
  /** When WhatsApp last confirmed that the chat is the address of its person; null: never. */
  address_checked_at: Date | null;
  /** All its messages are ours, to a number that is not on WhatsApp. */
  unreached: Generated<boolean>;
  created_at: Date;
  updated_at: Date;
}
export type ConversationRow = Selectable<ConversationsTable>;

interface ChatExpirationsTable {
  profile_id: string;
  chat: string;
  expiration: number;
  expiration_since: Date;
}

declare module '../../platform/db/tables.ts' {
  interface Tables {
    /**
     * @guest features/messages/keep.sql.ts One statement for message, conversation and event: measured.
     * @guest features/messages/usual.sql.ts One statement for message, conversation and event: measured.
     * @guest features/messages/messages.store.ts One statement for message, conversation and event: measured.
     * @guest features/messages/changes/changes.store.ts One statement for messages and what is unread: it goes with the message that was taken back.
     */
    conversations: ConversationsTable;
    chat_expirations: ChatExpirationsTable;
  }
}
