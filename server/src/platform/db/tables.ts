import type { Generated, GeneratedAlways } from 'kysely';
import type { JsonColumn, JsonDefault } from './json-column.ts';
import type * as identity from './tables-identity.ts';

export type * from './tables-identity.ts';

export interface IdempotencyKeysTable {
  organization_id: string;
  caller: Generated<string>;
  key: string;
  route: string;
  body_hash: Buffer;
  status_code: number | null;
  body: JsonColumn<unknown> | null;
  created_at: Date;
  expires_at: Date;
}
export interface ProfilesTable {
  id: string;
  organization_id: string;
  workspace_id: string;
  account_id: string | null;
  display_name: string;
  phone_number: string | null;
  lid: string | null;
  push_name: string | null;
  profile_pic_url: string | null;
  engine: string;
  status: Generated<string>;
  status_reason: string | null;
  wanted: Generated<boolean>;
  logout_asked: Generated<boolean>;
  pairing: Buffer | null;
  pairing_phone: string | null;
  pairing_expires_at: Date | null;
  retry_count: Generated<number>;
  retry_at: Date | null;
  sending_paused_until: Date | null;
  sending_pauses: Generated<number>;
  settings: JsonDefault;
  default_country: string | null;
  /** Null: as the server does by itself. */
  drop_statuses: boolean | null;
  message_delay_ms: number;
  message_delay_jitter_ms: Generated<number>;
  daily_message_limit: number | null;
  daily_message_count: Generated<number>;
  daily_reset_at: Date | null;
  last_connected_at: Date | null;
  created_at: Date;
  updated_at: Date;
}
export interface ProfileLeasesTable {
  profile_id: string;
  node_id: string;
  generation: number;
  expires_at: Date;
  /** The node that would like to have the profile. */
  asked_by: string | null;
}
export interface EngineCredentialsTable {
  profile_id: string;
  value: Buffer;
  updated_at: Date;
}
export interface EngineKeysTable {
  profile_id: string;
  type: string;
  id: string;
  value: Buffer;
}
export interface EngineJournalTable {
  profile_id: string;
  hash: Buffer;
  stanza_id: string;
  value: Buffer;
  created_at: Date;
}
export interface ContactsTable {
  id: string;
  organization_id: string;
  profile_id: string;
  phone: string | null;
  lid: string | null;
  name: string | null;
  whatsapp_name: string | null;
  avatar_url: string | null;
  tags: Generated<string[]>;
  metadata: JsonDefault;
  is_blocked: Generated<boolean>;
  last_message_at: Date | null;
  created_at: Date;
  updated_at: Date;
}
/** What was dialled and the address WhatsApp has for it, both as chats, where the two differ. */
export interface DialledNumbersTable {
  organization_id: string;
  profile_id: string;
  dialled: string;
  address: string;
  learnt_at: Date;
}
export interface ConversationsTable {
  id: string;
  organization_id: string;
  profile_id: string;
  contact_id: string | null;
  assigned_user_id: string | null;
  chat: string;
  lid: string | null;
  type: string;
  /** What people see: a group's subject, a person's saved name, else the name they gave themselves. */
  name: string | null;
  /** Seconds that messages last on phones; 0: for ever, null: nobody has told. */
  expiration: number | null;
  expiration_since: Date | null;
  unread_count: Generated<number>;
  is_archived: Generated<boolean>;
  is_muted: Generated<boolean>;
  is_pinned: Generated<boolean>;
  metadata: JsonDefault;
  last_message_at: Date | null;
  /** When WhatsApp last said that the chat is the address of its person; null when it was never asked. */
  address_checked_at: Date | null;
  /** All there is are messages of ours to somebody who is not on WhatsApp. */
  unreached: Generated<boolean>;
  created_at: Date;
  updated_at: Date;
}
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
export interface ChatExpirationsTable {
  profile_id: string;
  chat: string;
  expiration: number;
  expiration_since: Date;
}
export interface StatusesTable {
  id: string;
  organization_id: string;
  profile_id: string;
  wa_message_id: string;
  author: string | null;
  author_name: string | null;
  from_me: boolean;
  type: string;
  content: JsonColumn;
  revoked_at: Date | null;
  timestamp: Date;
  created_at: Date;
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
export interface EventsTable {
  seq: GeneratedAlways<number>;
  id: string;
  position: number | null;
  name: string;
  organization_id: string;
  profile_id: string | null;
  body: JsonColumn;
  occurred_at: Date;
}
export interface EventLogTable {
  id: Generated<boolean>;
  last_position: Generated<number>;
  /** The highest position that was removed for its age; events behind it are all kept. */
  kept_after: Generated<number>;
}
export interface EventCursorsTable {
  reader: string;
  position: number;
}
export interface WebhooksTable {
  id: string;
  organization_id: string;
  profile_id: string | null;
  url: string;
  events: string[];
  headers: JsonDefault<Record<string, string | { sealed: string }>>;
  /** Permissions its maker lacked: it hears no event that needs one of them. */
  not_hearing: Generated<string[]>;
  secret: Buffer;
  previous_secret: Buffer | null;
  previous_secret_until: Date | null;
  enabled: Generated<boolean>;
  disabled_reason: string | null;
  failing_since: Date | null;
  created_at: Date;
  updated_at: Date;
}
export interface WebhookDeliveriesTable {
  id: string;
  webhook_id: string;
  event_id: string;
  event_name: string;
  sequence: number | null;
  /** JSON, byte for byte as it is signed and sent. */
  body: string;
  status: Generated<string>;
  attempts: Generated<number>;
  due_at: Date;
  claimed_until: Date | null;
  claimed_by: string | null;
  last_status_code: number | null;
  last_error: string | null;
  created_at: Date;
  finished_at: Date | null;
}
export interface WebhookAttemptsTable {
  id: string;
  delivery_id: string;
  webhook_id: string;
  attempt: number;
  status_code: number | null;
  success: boolean;
  error: string | null;
  response: string | null;
  duration_ms: number;
  created_at: Date;
}

/**
 * Every table the server owns, for kysely. Kept by hand beside the migrations. Only its owner writes a table, and the
 * guests that stand here with a reason; `npm run check` looks.
 *
 * @guest features/gdpr/erase Erasing a person or an organisation takes their rows out of every table.
 * @guest features/auth/users.store.ts To be moved to the owner.
 * @guest features/organizations To be moved to the owner.
 * @guest features/rbac To be moved to the owner.
 * @guest features/access/access.store.ts To be moved to the owner.
 * @guest features/auth/password/password.store.ts To be moved to the owner.
 * @guest features/access/seed-roles.ts To be moved to the owner.
 * @guest features/organizations/given-role.store.ts To be moved to the owner.
 * @guest features/audit/purge.ts To be moved to the owner.
 * @guest features/events/purge.ts To be moved to the owner.
 */
export interface Tables {
  /** @owner platform/installation.ts */
  installation: { id: Generated<boolean>; key_fingerprint: string; created_at: Date };
  /** @owner features/organizations */
  organizations: identity.OrganizationsTable;
  /** @owner features/workspaces */
  workspaces: identity.WorkspacesTable;
  /** @owner features/accounts */
  accounts: identity.AccountsTable;
  /** @owner features/auth */
  users: identity.UsersTable;
  /** @owner features/auth */
  auth_sessions: identity.AuthSessionsTable;
  /** @owner features/auth */
  sign_in_places: identity.SignInPlacesTable;
  /** @owner features/auth */
  refresh_tokens: identity.RefreshTokensTable;
  /** @owner features/api-keys */
  api_keys: identity.ApiKeysTable;
  /** @owner http */
  idempotency_keys: IdempotencyKeysTable;
  /** @owner features/auth */
  attempt_counters: identity.AttemptCountersTable;
  /** @owner features/auth */
  two_factor_backup_codes: identity.TwoFactorBackupCodesTable;
  /** @owner features/auth */
  login_challenges: identity.LoginChallengesTable;
  /** @owner features/auth */
  letter_tokens: identity.LetterTokensTable;
  /** @owner features/rbac */
  roles: identity.RolesTable;
  /** @owner features/rbac */
  role_grants: identity.RoleGrantsTable;
  /** @owner features/organizations */
  invitations: identity.InvitationsTable;
  /** @owner platform/audit */
  audit_logs: identity.AuditLogsTable;
  /** @owner features/gdpr */
  data_exports: identity.DataExportsTable;
  /** @owner features/gdpr */
  data_export_chunks: identity.DataExportChunksTable;
  /**
   * @owner features/profiles
   * @guest features/messages/outbox/outbox.store.ts One statement for message, count of the day and event: measured.
   */
  profiles: ProfilesTable;
  /** @owner features/profiles */
  profile_leases: ProfileLeasesTable;
  /** @owner engines/baileys */
  engine_credentials: EngineCredentialsTable;
  /** @owner engines/baileys */
  engine_keys: EngineKeysTable;
  /** @owner engines/baileys */
  engine_journal: EngineJournalTable;
  /** @owner features/contacts */
  contacts: ContactsTable;
  /** @owner features/contacts */
  dialled_numbers: DialledNumbersTable;
  /**
   * @owner features/conversations
   * @guest features/messages/keep.sql.ts One statement for message, conversation and event: measured.
   * @guest features/messages/messages.store.ts One statement for message, conversation and event: measured.
   * @guest features/messages/changes/changes.store.ts One statement for messages and what is unread: it goes with the message that was taken back.
   */
  conversations: ConversationsTable;
  /** @owner features/messages */
  messages: MessagesTable;
  /** @owner features/conversations */
  chat_expirations: ChatExpirationsTable;
  /** @owner features/statuses */
  statuses: StatusesTable;
  /** @owner features/messages */
  message_changes: MessageChangesTable;
  /** @owner platform/events */
  events: EventsTable;
  /** @owner platform/events */
  event_log: EventLogTable;
  /** @owner platform/events */
  event_cursors: EventCursorsTable;
  /** @owner features/webhooks */
  webhooks: WebhooksTable;
  /** @owner features/webhooks */
  webhook_deliveries: WebhookDeliveriesTable;
  /** @owner features/webhooks */
  webhook_attempts: WebhookAttemptsTable;
}
