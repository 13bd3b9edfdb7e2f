import type { Generated } from 'kysely';
import type { JsonColumn, JsonDefault } from '../../platform/db/json-column.ts';

/** Moments in ISO 8601. */
export interface StoredRestrictions {
  newChats?: {
    since: string;
    /** Null: WhatsApp does not say. */
    until: string | null;
    why: string | null;
    /** The refusal that showed it. */
    refused?: { code: number; reason: string; messageId: string };
  } | null;
  newChatsCap?: { total: number; used: number; at: string } | null;
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
  /** The picture of its account as it was brought here. */
  picture_media_id: string | null;
  /** The engine's name of the picture, to know it again. */
  picture_version: string | null;
  /** The number whose picture it is: another phone may be linked later. */
  picture_of: string | null;
  /** When WhatsApp was last asked for it. */
  picture_seen_at: Date | null;
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
  /** Somebody paused it. */
  sending_held: Generated<boolean>;
  /** What WhatsApp keeps the account from; null: nothing that is known. */
  restrictions: JsonColumn<StoredRestrictions> | null;
  settings: JsonDefault;
  default_country: string | null;
  /** Null: as the server is set. */
  drop_statuses: boolean | null;
  message_delay_ms: number;
  message_delay_jitter_ms: Generated<number>;
  daily_message_limit: number | null;
  daily_message_count: Generated<number>;
  daily_reset_at: Date | null;
  last_connected_at: Date | null;
  /** When it came into its status; written by a trigger. */
  status_since: Generated<Date>;
  /** Words to find it by. */
  labels: Generated<string[]>;
  created_at: Date;
  updated_at: Date;
}
/** How far a profile's phone has come in telling its past. */
export interface ProfileHistoryTable {
  profile_id: string;
  organization_id: string;
  /** `none`, `running` or `complete`. */
  state: string;
  percent: number;
  messages: number;
  conversations: number;
  updated_at: Date;
}
/** Each status that a profile has had, and why; written by a trigger. */
interface ProfileStatesTable {
  id: Generated<string>;
  profile_id: string;
  organization_id: string;
  status: string;
  reason: string | null;
  node_id: string | null;
  at: Date;
}
interface ProfileLeasesTable {
  profile_id: string;
  node_id: string;
  generation: number;
  expires_at: Date;
  /** The node that has asked for the profile. */
  asked_by: string | null;
}

declare module '../../platform/db/tables.ts' {
  interface Tables {
    profiles: ProfilesTable;
    profile_leases: ProfileLeasesTable;
    profile_history: ProfileHistoryTable;
    profile_states: ProfileStatesTable;
  }
}
