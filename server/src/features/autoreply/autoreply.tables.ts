import type { Selectable } from 'kysely';
import type { JsonColumn } from '../../platform/db/json-column.ts';

/** A file that is kept here, and as what it is sent. */
export interface Attachment {
  type: 'image' | 'video' | 'document';
  mediaId: string;
  filename?: string;
}

interface QuickRepliesTable {
  id: string;
  organization_id: string;
  /** Null: of every profile of the organisation. */
  profile_id: string | null;
  shortcut: string;
  /** Without case: each is there once in a profile, and once for all. */
  shortcut_key: string;
  title: string;
  message: string;
  /** The message is written below it. */
  attachment: JsonColumn<Attachment> | null;
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
