import type { Generated } from 'kysely';

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
    media_references: MediaReferencesTable;
    media_totals: MediaTotalsTable;
  }
}
