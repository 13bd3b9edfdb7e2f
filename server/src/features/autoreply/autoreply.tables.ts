import type { Selectable } from 'kysely';

interface QuickRepliesTable {
  id: string;
  organization_id: string;
  profile_id: string;
  shortcut: string;
  /** Without case: each is there once in a profile. */
  shortcut_key: string;
  title: string;
  message: string;
  created_at: Date;
  updated_at: Date;
}
export type QuickReplyRow = Selectable<QuickRepliesTable>;

/** What is asked for an answer where no automation has one. */
interface ReplyHooksTable {
  profile_id: string;
  /** `webhook` or `ai`. */
  kind: string;
  organization_id: string;
  url: string | null;
  provider: string | null;
  /** Sealed JSON: it may have keys. */
  config: Buffer | null;
  /** Sealed; what requests are signed with. */
  secret: Buffer | null;
  enabled: boolean;
  created_at: Date;
  updated_at: Date;
}
export type ReplyHookRow = Selectable<ReplyHooksTable>;

declare module '../../platform/db/tables.ts' {
  interface Tables {
    quick_replies: QuickRepliesTable;
    reply_hooks: ReplyHooksTable;
  }
}
