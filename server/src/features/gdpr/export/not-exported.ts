import type { Tables } from '../../../platform/db/tables.ts';

/** Tables no export shows, and why. A table that is in neither list fails a test: decide where it belongs. */
export const notExported: Partial<Record<keyof Tables, string>> = {
  installation: 'about the server',
  event_log: 'about the server',
  event_cursors: 'about the server',
  profile_leases: 'which server holds a connection',
  refresh_tokens: 'secrets; their sessions are shown',
  two_factor_backup_codes: 'secrets',
  login_challenges: 'secrets that live for minutes',
  letter_tokens: 'secrets that live for hours',
  attempt_counters: 'counters that live for minutes, and would tell a guesser how far they may go',
  idempotency_keys: 'answers given before, whose content is shown where it lives',
  engine_credentials: 'they open the WhatsApp account',
  engine_keys: 'they open the WhatsApp account',
  engine_journal: 'messages on their way in, still sealed; shown once they have arrived',
  chat_expirations: 'a setting of chats without a conversation, shown with it when there is one',
  message_changes: 'edits, revokes and reactions; shown with the messages they are about',
  webhook_deliveries: 'they repeat the events',
  webhook_attempts: 'answers of other programs to deliveries',
  data_export_chunks: 'the exports themselves',
};
