import type { Generated } from 'kysely';
import type { JsonDefault } from '../../platform/db/json-column.ts';

export interface OrganizationsTable {
  id: string;
  name: string;
  slug: string;
  plan: Generated<string>;
  settings: JsonDefault;
  default_country: string | null;
  /** Set once it is being deleted: nothing of it is shown any more. */
  erasing_at: Date | null;
  created_at: Date;
  updated_at: Date;
}
export interface InvitationsTable {
  id: string;
  organization_id: string;
  email: string;
  name: string;
  role_id: string;
  token_hash: Buffer;
  /** Once nobody answers for it any more, it opens nothing. */
  invited_by: string | null;
  /** How the link went out: `mail` proves the address, `link` does not. */
  delivery: string;
  created_at: Date;
  expires_at: Date;
}

declare module '../../platform/db/tables.ts' {
  interface Tables {
    organizations: OrganizationsTable;
    invitations: InvitationsTable;
  }
}
