import type { Generated } from 'kysely';
import type { Reach } from '../../platform/actor.ts';
import type { JsonColumn } from '../../platform/db/json-column.ts';

export type BulkName = 'contact' | 'conversation' | 'profile';

/** One act on many things. */
export interface BulkActsTable {
  id: string;
  organization_id: string;
  /** Null: it may be about several profiles. */
  profile_id: string | null;
  kind: BulkName;
  act: string;
  /** What goes with the act, as the tags of `add-tags`. */
  about: JsonColumn;
  /** `stopped`: whoever asked for it is no member any more, or their key is gone. */
  status: 'running' | 'done' | 'stopped' | 'cancelled';
  total: number;
  done: Generated<number>;
  changed: Generated<number>;
  failed: Generated<number>;
  /** The last thing that was looked at. */
  cursor: string | null;
  /** How often the next one could not be done for a fault of ours. */
  tries: Generated<number>;
  /** Who asked for it; null: gone. */
  asked_by: string | null;
  api_key_id: string | null;
  /** Where the permission of the act counted for them; null: everywhere. */
  reach: JsonColumn<{ reach: Reach }> | null;
  created_at: Date;
  finished_at: Date | null;
}

/** What became of a thing: see `Outcome`. */
export type ItemState = 'waiting' | 'changed' | 'unchanged' | 'failed';

interface BulkActItemsTable {
  bulk_id: string;
  item_id: string;
  state: Generated<ItemState>;
  code: string | null;
  reason: string | null;
}

declare module '../../platform/db/tables.ts' {
  interface Tables {
    bulk_acts: BulkActsTable;
    bulk_act_items: BulkActItemsTable;
  }
}
