import type { Generated } from 'kysely';
import type { JsonColumn } from '../../platform/db/json-column.ts';

export interface MediaTable {
  id: string;
  organization_id: string;
  /** The bytes: rows with the same ones share one file in the storage. */
  sha256: string;
  size: number;
  mimetype: string;
  /** Harmless; empty when nobody named it. */
  filename: string;
  width: number | null;
  height: number | null;
  duration_ms: number | null;
  has_thumbnail: Generated<boolean>;
  /** `arriving` until its bytes are in the storage, `removing` from when they go. */
  state: 'arriving' | 'ready' | 'removing';
  /** When it goes unless somebody refers to it by then; null while somebody does. */
  expires_at: Date | null;
  created_at: Date;
  /** Where its bytes lie; null where the server's settings say. */
  place_id: string | null;
}
/** A bucket that an organisation has set; it stays while a file lies there. */
export interface MediaPlacesTable {
  id: string;
  organization_id: string;
  settings: JsonColumn;
  /** A sealed object. */
  secrets: Buffer;
  /** Whether new files go there. */
  is_current: boolean;
  /** Removals that failed one after the other. */
  failures: Generated<number>;
  /** Until then nothing is removed there. */
  rests_until: Date | null;
  created_at: Date;
  updated_at: Date;
}
/** Bytes that no media has any more. */
export interface MediaRemovalsTable {
  id: string;
  organization_id: string;
  place_id: string | null;
  sha256: string;
  /** Since when somebody is about it. */
  begun_at: Date | null;
}
export interface MediaMovesTable {
  id: string;
  organization_id: string;
  /** Where the files go; null where the server's settings say. */
  place_id: string | null;
  state: 'running' | 'paused' | 'cancelled' | 'done' | 'incomplete';
  total_files: number;
  total_bytes: number;
  moved_files: Generated<number>;
  moved_bytes: Generated<number>;
  failed_files: Generated<number>;
  /** Hashes up to this one have had their turn. */
  done_to: Generated<string>;
  /** The hash that is being copied: at the place it goes to, its bytes are not removed meanwhile. */
  copying: string | null;
  /** Runs that a place ended, one after the other. */
  attempts: Generated<number>;
  problem: string | null;
  created_at: Date;
  updated_at: Date;
  finished_at: Date | null;
}
export interface MediaReferencesTable {
  media_id: string;
  kind: string;
  referrer_id: string;
  organization_id: string;
  profile_id: string | null;
  created_at: Date;
}
export interface MediaTotalsTable {
  organization_id: string;
  bytes: Generated<number>;
  files: Generated<number>;
}

declare module '../../platform/db/tables.ts' {
  interface Tables {
    media: MediaTable;
    media_places: MediaPlacesTable;
    media_removals: MediaRemovalsTable;
    media_moves: MediaMovesTable;
    media_references: MediaReferencesTable;
    media_totals: MediaTotalsTable;
  }
}
