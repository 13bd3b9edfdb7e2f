import type { JsonColumn } from '../../platform/db/json-column.ts';

export interface OptOutsTable {
  id: string;
  organization_id: string;
  /** To which profile they said it; null when to none. */
  profile_id: string | null;
  /** Their chat, or a keyed hash of it for somebody who asked to be forgotten. */
  chat: string;
  /** What they don't want: marketing, or anything that was not asked for. */
  scope: 'marketing' | 'all';
  source: 'keyword' | 'api' | 'import' | 'erasure' | 'automation';
  message_id: string | null;
  at: Date;
  revoked_at: Date | null;
  /** When they were last told that it counts. */
  confirmed_at: Date | null;
}
/** Somebody has agreed to be written to. */
export interface ConsentsTable {
  id: string;
  organization_id: string;
  profile_id: string | null;
  chat: string;
  kind: string;
  source: string;
  /** What shows it: a form, a date, an address. */
  evidence: JsonColumn;
  at: Date;
}
/** Words of a profile's own, beside those that always count. */
export interface OptOutWordsTable {
  profile_id: string;
  organization_id: string;
  stop: string[];
  start: string[];
  confirms: boolean;
  /** Null: the usual sentence. */
  confirmation: string | null;
  updated_at: Date;
}

declare module '../../platform/db/tables.ts' {
  interface Tables {
    opt_outs: OptOutsTable;
    consents: ConsentsTable;
    opt_out_words: OptOutWordsTable;
  }
}
