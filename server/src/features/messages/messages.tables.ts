import type { Generated, GeneratedAlways } from 'kysely';
import type { JsonColumn, JsonDefault } from '../../platform/db/json-column.ts';

/** A reaction as it stands with its message; `at` in ISO 8601. */
export interface StoredReaction {
  emoji: string;
  sender: string | null;
  name: string | null;
  fromMe: boolean;
  at: string;
}
export interface MessagesTable {
  id: string;
  organization_id: string;
  profile_id: string;
  conversation_id: string;
  wa_message_id: string;
  direction: string;
  sender: string | null;
  sender_name: string | null;
  type: string;
  content: JsonColumn;
  quoted_message_id: string | null;
  /** What the message said before its first edit. */
  original_content: JsonColumn | null;
  edited_at: Date | null;
  revoked_at: Date | null;
  revoked_by: string | null;
  /** One for each person who reacted; see `features/messages/changes`. */
  reactions: JsonColumn<StoredReaction[]> | null;
  status: string;
  failure_code: string | null;
  failure_reason: string | null;
  metadata: JsonDefault;
  seq: GeneratedAlways<number>;
  generation: number | null;
  /** Why a message of ours exists; null for what others wrote. */
  origin_kind: string | null;
  origin_id: string | null;
  attempts: Generated<number>;
  receipt_due: Generated<boolean>;
  /** Seconds that it lasts on phones; null: for ever. */
  expiration: number | null;
  /** Until when it may be sent. */
  expires_at: Date | null;
  timestamp: Date;
  created_at: Date;
  updated_at: Date;
}
/** The last that each person did to a message: edited, revoked, or reacted to it. */
export interface MessageChangesTable {
  organization_id: string;
  profile_id: string;
  conversation_id: string;
  /** WhatsApp's id of the message it is about. */
  target_id: string;
  kind: string;
  /** `me`, `them` in a direct chat, otherwise the author. */
  author_key: string;
  author: string | null;
  author_name: string | null;
  /** WhatsApp's id of the change itself. */
  wa_message_id: string;
  content: JsonColumn;
  /** Not decided yet: its message has not come, or whether its author may do that is not known. */
  waiting: boolean;
  at: Date;
  created_at: Date;
}

declare module '../../platform/db/tables.ts' {
  interface Tables {
    messages: MessagesTable;
    message_changes: MessageChangesTable;
  }
}
