import type { Generated } from 'kysely';
import type { Static } from 'typebox';
import type { JsonColumn } from '../../platform/db/json-column.ts';
import type { Reading } from '../contacts/index.ts';
import type { CampaignPolicy } from '../sending-policy/index.ts';
import type { PublicState } from './count/levels.ts';

/** Whom a campaign is for, as it was asked for. */
export interface Audience {
  type: 'tags' | 'contacts' | 'phones' | 'all' | 'segment' | 'upload' | 'broadcast' | 'bulk';
  value: string[];
  /** Of another campaign: those who are there, and with `codes` those of them who are so for one of these reasons. */
  status?: PublicState[];
  codes?: string[];
  /** Of tags: whoever has all of them, instead of any. */
  match?: 'all';
  /** Whoever has one of these tags is none of them. */
  except?: string[];
  /** Of an upload: how it is read, and how many lines it has. */
  reading?: Reading;
  lines?: number;
}

/** One of the messages of a campaign that tries several. */
export interface Variant {
  name: string;
  /** Its share among the variants. */
  weight: number;
  /** As it was asked for. */
  message: Record<string, unknown>;
  /** It was made of this template. */
  templateId?: string | null;
  type: string;
  content: Record<string, unknown>;
}

export interface BroadcastSettings {
  delayMin: number;
  delayMax: number;
  batchSize: number;
  /** The rest after each batch. */
  batchPause: number;
  retryFailed: boolean;
  retryAttempts: number;
  category: 'marketing' | 'utility' | 'authentication' | 'service' | 'other';
  /** Who writes within so many hours has answered. */
  replyWindowHours?: number;
  /** What it says of the sending policy for itself. */
  policy?: Static<typeof CampaignPolicy>;
  /** When a person went on though many had refused: what was before says nothing any more. */
  lookedAt?: string;
  /** Of a bulk batch: the first failure ends it. */
  stopOnError?: boolean;
}

export type BroadcastStatus = 'draft' | 'scheduled' | 'running' | 'paused' | 'completed' | 'failed';

export interface BroadcastsTable {
  id: string;
  organization_id: string;
  profile_id: string;
  /** `broadcast`, or `bulk`: a batch, whose recipients have each a message of their own. */
  kind: 'broadcast' | 'bulk';
  /** What its maker calls a batch. */
  batch_id: string | null;
  name: string;
  /** As it was asked for. */
  message: JsonColumn;
  /** It was made of this template. */
  template_id: string | null;
  /** The kind of message, and what it will say before its variables are filled in. */
  type: string | null;
  content: JsonColumn | null;
  /** Null: everybody is sent the same. */
  variants: JsonColumn<Variant[]> | null;
  audience: JsonColumn<Audience>;
  settings: JsonColumn<BroadcastSettings>;
  status: BroadcastStatus;
  status_reason: string | null;
  /** Why it was paused by itself. */
  pause_code: string | null;
  /** A pause with a known end. */
  resumes_at: Date | null;
  scheduled_at: Date | null;
  started_at: Date | null;
  completed_at: Date | null;
  cancelled_at: Date | null;
  /** Where its preparation stands. */
  preparing: JsonColumn<PreparationPlace> | null;
  /** The `ord` of its last recipient so far. */
  prepared_until: Generated<number>;
  prepared_at: Date | null;
  /** When the next recipient may be fed; null: when something happens. */
  next_due_at: Date | null;
  /** The `ord` behind which nobody was fed yet. */
  cursor: Generated<number>;
  /** How many messages were made. */
  fed: Generated<number>;
  /** When so many were made it pauses; null: it goes on to its end. */
  pauses_after: number | null;
  /** Its share among the campaigns of its profile. */
  weight: Generated<number>;
  virtual_time: Generated<number>;
  created_kind: string;
  created_by: string | null;
  created_at: Date;
  updated_at: Date;
  /** Nobody sees it any more; its rows are deleted bit by bit. */
  removed_at: Date | null;
  /** Since when its recipients are no rows any more, but counts. */
  folded_at: Date | null;
}

export interface PreparationPlace {
  /** The last contact that was read, or how many of the listed people were. */
  after?: string;
  listed?: number;
  /** Why its audience can't be read: what there is of it is deleted, and it becomes a draft again. */
  broken?: string;
}

/** How a recipient of a batch was asked for. */
export interface BulkContent {
  /** Where it goes, as it was written. */
  to: string;
  type: string;
  content: Record<string, unknown>;
}

export interface BroadcastRecipientsTable {
  broadcast_id: string;
  ord: number;
  /** Where it goes; of what is no address, what was written. */
  chat: string;
  contact_id: string | null;
  variant: Generated<number>;
  vars: JsonColumn<Record<string, string>> | null;
  content: JsonColumn<BulkContent> | null;
  /** See `count/levels.ts`. */
  status: Generated<number>;
  not_before: Date | null;
  message_id: string | null;
  code: string | null;
  reason: string | null;
  sent_at: Date | null;
  replied_at: Date | null;
  opted_out: Generated<boolean>;
  /** How often its message was put back into the queue after it had failed. */
  retries: Generated<number>;
  updated_at: Date;
}

/** Counts of a campaign, for each variant; `sent`, `delivered` and `read` count who came so far or farther. */
export interface BroadcastCountersTable {
  broadcast_id: string;
  variant: Generated<number>;
  pending: Generated<number>;
  deferred: Generated<number>;
  queued: Generated<number>;
  sent: Generated<number>;
  delivered: Generated<number>;
  read: Generated<number>;
  failed: Generated<number>;
  skipped: Generated<number>;
  cancelled: Generated<number>;
  replied: Generated<number>;
  opted_out: Generated<number>;
}

/** Why people were left out. */
interface BroadcastSkipsTable {
  broadcast_id: string;
  code: string;
  n: number;
}

declare module '../../platform/db/tables.ts' {
  interface Tables {
    broadcasts: BroadcastsTable;
    broadcast_recipients: BroadcastRecipientsTable;
    broadcast_counters: BroadcastCountersTable;
    broadcast_skips: BroadcastSkipsTable;
  }
}
