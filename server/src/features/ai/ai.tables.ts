import type { JsonColumn } from '../../platform/db/json-column.ts';

interface AiProvidersTable {
  organization_id: string;
  settings: JsonColumn;
  /** A sealed object. */
  secrets: Buffer;
  updated_at: Date;
}

interface AiBudgetsTable {
  organization_id: string;
  /** `month:2026-02`, or `profile:<id>:2026-02-05`. */
  scope: string;
  tokens: number;
  cost: number;
  reserved_tokens: number;
  reserved_cost: number;
  updated_at: Date;
}

interface AiReservationsTable {
  id: string;
  organization_id: string;
  scopes: string[];
  tokens: number;
  cost: number;
  made_at: Date;
}

interface AiUsageTable {
  organization_id: string;
  profile_id: string | null;
  day: string;
  purpose: string;
  model: string;
  calls: number;
  failed: number;
  /** Calls whose tokens the provider did not tell. */
  estimated: number;
  tokens_in: number;
  tokens_out: number;
  cost: number;
}

interface AiCallsTable {
  id: string;
  organization_id: string;
  profile_id: string | null;
  conversation_id: string | null;
  purpose: string;
  model: string;
  tokens_in: number;
  tokens_out: number;
  estimated: boolean;
  ms: number;
  outcome: string;
  at: Date;
}

interface AiProfilesTable {
  profile_id: string;
  organization_id: string;
  settings: JsonColumn;
  updated_at: Date;
}

interface AiTurnsTable {
  profile_id: string;
  organization_id: string;
  chat: string;
  day: string;
  turns: number;
  /** How often in a row the person was angry. */
  angry: number;
  last_key: string;
}

interface AiSuggestionsTable {
  id: string;
  organization_id: string;
  profile_id: string;
  conversation_id: string;
  message_id: string | null;
  /** The same when a question that was cut off is asked again. */
  key: string;
  action: string;
  content: string;
  citations: JsonColumn<unknown[]>;
  warnings: string[];
  support: number;
  /** It went to the person, and not to a colleague only. */
  sent: boolean;
  created_at: Date;
}

declare module '../../platform/db/tables.ts' {
  interface Tables {
    ai_providers: AiProvidersTable;
    ai_budgets: AiBudgetsTable;
    ai_reservations: AiReservationsTable;
    ai_usage: AiUsageTable;
    ai_calls: AiCallsTable;
    ai_profiles: AiProfilesTable;
    ai_turns: AiTurnsTable;
    ai_suggestions: AiSuggestionsTable;
  }
}
