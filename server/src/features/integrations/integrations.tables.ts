import type { Generated, GeneratedAlways } from 'kysely';
import type { JsonColumn } from '../../platform/db/json-column.ts';

/** What an organisation has set for one integration. */
export interface IntegrationsTable {
  organization_id: string;
  kind: string;
  settings: JsonColumn;
  /** A sealed object. */
  secrets: Buffer;
  enabled: boolean;
  created_at: Date;
  updated_at: Date;
}

/** How the calls of an integration go. */
interface IntegrationStatesTable {
  organization_id: string;
  kind: string;
  failing_since: Date | null;
  /** One after the other, until one succeeds. */
  failures: Generated<number>;
  last_error: string | null;
  last_success_at: Date | null;
}

/** What waits to be told an integration, or came from it. */
export interface IntegrationTasksTable {
  seq: GeneratedAlways<number>;
  organization_id: string;
  kind: string;
  profile_id: string | null;
  /** Those of one lane are done one after the other. */
  lane: string;
  task: string;
  payload: JsonColumn;
  /** How often it was begun. */
  attempts: Generated<number>;
  due_at: Date;
  created_at: Date;
}

/** The conversation at Chatwoot that is one of ours. */
export interface ChatwootConversationsTable {
  conversation_id: string;
  organization_id: string;
  profile_id: string;
  inbox_id: string;
  chatwoot_contact_id: number;
  chatwoot_conversation_id: number;
  /** Of the contact, as it was told Chatwoot last. */
  identifier: string;
  updated_at: Date;
}

/** The message at Chatwoot that is one of ours; one with several files is several of ours. */
export interface ChatwootMessagesTable {
  organization_id: string;
  chatwoot_message_id: number;
  part: number;
  chatwoot_conversation_id: number;
  /** Null of what only tells of a change. */
  message_id: string | null;
  /** Written at Chatwoot, sent by us. */
  is_reply: boolean;
  created_at: Date;
}

/** Where a conversation with a Typebot stands. */
export interface TypebotSessionsTable {
  conversation_id: string;
  organization_id: string;
  profile_id: string;
  bot_id: string;
  /** Null before the bot was started. */
  session_id: string | null;
  /** `open`, `ended` by the bot, or `stopped` by a word or a person. */
  state: string;
  /** What the bot waits for. */
  input: JsonColumn | null;
  /** The poll that asks for it. */
  poll_id: string | null;
  last_at: Date;
  updated_at: Date;
}

declare module '../../platform/db/tables.ts' {
  interface Tables {
    integrations: IntegrationsTable;
    integration_states: IntegrationStatesTable;
    integration_tasks: IntegrationTasksTable;
    chatwoot_conversations: ChatwootConversationsTable;
    chatwoot_messages: ChatwootMessagesTable;
    typebot_sessions: TypebotSessionsTable;
  }
}
