import type { Generated } from 'kysely';

export interface ApiKeysTable {
  id: string;
  organization_id: string;
  user_id: string;
  name: string;
  key_hash: Buffer;
  prefix: string;
  permissions: string[];
  response_format: string | null;
  /** The only profiles it may touch; null means all. */
  profile_ids: string[] | null;
  /** Made before webhooks needed the permission of what they hear. */
  hears_all: Generated<boolean>;
  expires_at: Date | null;
  last_used_at: Date | null;
  created_at: Date;
}

declare module '../../platform/db/tables.ts' {
  interface Tables {
    api_keys: ApiKeysTable;
  }
}
