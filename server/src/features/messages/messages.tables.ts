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
/** What one person answered to a message that asks. */
export interface StoredAnswer {
  sender: string | null;
  name: string | null;
  fromMe: boolean;
  at: string;
  /** Of a vote: the options by their place in the poll. */
  options?: number[];
  /** Of an answer to an event: `going`, `not-going` or `maybe`, and how many others they bring. */
  response?: string;
  guests?: number;
}
/** The latest that was done to a message for everybody in its chat; moments in ISO 8601. */
export interface StoredMarks {
  /** `until`: null when the pin was taken off. */
  pinned?: StoredMark & { until: string | null };
  kept?: StoredMark & { is: boolean };
}
interface StoredMark {
  by: string | null;
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
  /** One for each person who voted. */
  answers: JsonColumn<StoredAnswer[]> | null;
  marks: JsonColumn<StoredMarks> | null;
  status: string;
  failure_code: string | null;
  failure_reason: string | null;
  metadata: JsonDefault;
  seq: GeneratedAlways<number>;
  generation: number | null;
  /** Why a message of ours exists; null for what others wrote. */
  origin_kind: string | null;
  origin_id: string | null;
  /** What its sender calls it. */
  client_reference: string | null;
  /** The failed message that it repeats. */
  retry_of: string | null;
  receipt_due: Generated<boolean>;
  /** Seconds that it lasts on phones; null: for ever. */
  expiration: number | null;
  /** Until when it may be sent. */
  expires_at: Date | null;
  timestamp: Date;
  created_at: Date;
  updated_at: Date;
}
/** A message that waits to be sent, or is being sent. Rows are locked before those of `messages`. */
export interface OutboxTable {
  message_id: string;
  profile_id: string;
  conversation_id: string;
  /** Of the message: the order within a lane, and within a chat. */
  seq: number;
  /** The lower goes first; see `outbox/lanes.ts`. */
  lane: Generated<number>;
  /** Not before then; null once that has passed. */
  due_at: Date | null;
  /** Its campaign is paused: it does not go before that is resumed. `due_at` is set, too, and `expires_at` is null. */
  held: Generated<boolean>;
  expires_at: Date | null;
  is_claimed: Generated<boolean>;
  /** Of the lease it was last claimed under. */
  generation: number | null;
  attempts: Generated<number>;
}
/** The last that each person did to a message: edited, revoked, pinned, kept, or reacted to it. */
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
/** What a profile does to a message, until WhatsApp has it and after. */
export interface MessageDeedsTable {
  id: string;
  organization_id: string;
  profile_id: string;
  message_id: string;
  /** `reaction`, `edited`, `revoked`, `pinned` or `kept`. */
  kind: string;
  /** WhatsApp's id of the deed itself. */
  wa_message_id: string;
  content: JsonColumn;
  origin_kind: string;
  origin_id: string | null;
  client_reference: string | null;
  /** `queued`, then `sent`, `failed` or `expired`. */
  status: string;
  failure_code: string | null;
  failure_reason: string | null;
  seq: GeneratedAlways<number>;
  at: Date;
  /** Until when it may be sent. */
  expires_at: Date;
  updated_at: Date;
}

/** What was deleted here, so that it does not come back with the past. */
interface RemovedMessagesTable {
  profile_id: string;
  organization_id: string;
  wa_message_id: string;
  removed_at: Date;
}

declare module '../../platform/db/tables.ts' {
  interface Tables {
    messages: MessagesTable;
    outbox: OutboxTable;
    message_changes: MessageChangesTable;
    message_deeds: MessageDeedsTable;
    removed_messages: RemovedMessagesTable;
  }
}
