import type { ColumnType } from 'kysely';
import type { JsonColumn } from '../../platform/db/json-column.ts';

/** A day of the organisation's calendar, `2026-02-05`. */
type Day = ColumnType<unknown, string, never>;

interface SendingPoliciesTable {
  profile_id: string;
  organization_id: string;
  rules: JsonColumn;
  updated_at: Date;
}
/** How much marketing somebody was sent on a day, from all profiles. */
interface SendMarksTable {
  organization_id: string;
  chat: string;
  day: Day;
  marketing: number;
}
/** When somebody was last sent a text. */
interface SendTextsTable {
  organization_id: string;
  chat: string;
  hash: Buffer;
  at: Date;
}
/** How many strangers a profile wrote to on a day; `granted` is how many of the last request could be. */
interface ColdDaysTable {
  profile_id: string;
  day: Day;
  used: number;
  granted: number;
}
interface ColdMarksTable {
  profile_id: string;
  day: Day;
  chat: string;
}

declare module '../../platform/db/tables.ts' {
  interface Tables {
    sending_policies: SendingPoliciesTable;
    send_marks: SendMarksTable;
    send_texts: SendTextsTable;
    cold_days: ColdDaysTable;
    cold_marks: ColdMarksTable;
  }
}
