import type { Generated } from 'kysely';

export interface RolesTable {
  id: string;
  organization_id: string;
  name: string;
  description: string | null;
  permissions: Generated<string[]>;
  /** Names a role whose permissions are ours to say; null for an organisation's own. */
  system_key: string | null;
  created_at: Date;
  updated_at: Date;
}
/** A role of a person: in the whole organisation instead of `users.role`, or in one place besides. */
export interface RoleGrantsTable {
  id: string;
  organization_id: string;
  user_id: string;
  role_id: string;
  workspace_id: string | null;
  profile_id: string | null;
  created_at: Date;
}

declare module '../../platform/db/tables.ts' {
  interface Tables {
    roles: RolesTable;
    role_grants: RoleGrantsTable;
  }
}
