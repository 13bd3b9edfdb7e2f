import type { Generated } from 'kysely';
import type { JsonDefault } from './json-column.ts';

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
export interface WorkspacesTable {
  id: string;
  organization_id: string;
  name: string;
  slug: string;
  description: string | null;
  settings: JsonDefault;
  created_at: Date;
  updated_at: Date;
}
export interface AccountsTable {
  id: string;
  organization_id: string;
  workspace_id: string;
  name: string;
  description: string | null;
  settings: JsonDefault;
  status: Generated<string>;
  created_at: Date;
  updated_at: Date;
}
export interface UsersTable {
  id: string;
  organization_id: string;
  email: string;
  password_hash: string;
  name: string;
  role: string;
  is_active: Generated<boolean>;
  preferences: JsonDefault;
  last_login_at: Date | null;
  email_verified_at: Date | null;
  /** Sealed. */
  two_factor_secret: Buffer | null;
  two_factor_enabled: Generated<boolean>;
  /** The last time step a code of which was accepted: no code is good twice. */
  two_factor_last_step: number | null;
  created_at: Date;
  updated_at: Date;
}
export interface AuthSessionsTable {
  id: string;
  user_id: string;
  ip_address: string | null;
  user_agent: string | null;
  last_active_at: Date;
  expires_at: Date;
  created_at: Date;
}
export interface SignInPlacesTable {
  user_id: string;
  network: string;
  last_at: Date;
}
export interface RefreshTokensTable {
  token_hash: Buffer;
  session_id: string;
  issued_at: Date;
  expires_at: Date;
  used_at: Date | null;
  successor: Buffer | null;
}
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
export interface AttemptCountersTable {
  key: string;
  attempts: number;
  expires_at: Date;
}
export interface TwoFactorBackupCodesTable {
  user_id: string;
  code_hash: Buffer;
  used_at: Date | null;
}
/** A password was right and a second factor is still due. */
export interface LoginChallengesTable {
  token_hash: Buffer;
  user_id: string;
  ip_address: string;
  attempts: Generated<number>;
  created_at: Date;
  expires_at: Date;
}
/** What a link in a letter proves: `purpose` is `password-reset` or `email-verification`. */
export interface LetterTokensTable {
  token_hash: Buffer;
  user_id: string;
  purpose: string;
  email: string;
  created_at: Date;
  expires_at: Date;
}
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
export interface AuditLogsTable {
  id: string;
  organization_id: string | null;
  action: string;
  user_id: string | null;
  api_key_id: string | null;
  resource_type: string;
  resource_id: string | null;
  outcome: string;
  metadata: JsonDefault;
  ip_address: string | null;
  user_agent: string | null;
  occurred_at: Date;
}
export interface DataExportsTable {
  id: string;
  organization_id: string;
  user_id: string;
  /** `queued`, `running`, `ready`, `failed`. */
  status: Generated<string>;
  /** `person`, or `organization` when its maker owned one. */
  covers: Generated<string>;
  /** Which attempt may write: an older one that still runs finds another here. */
  run_id: string | null;
  attempts: Generated<number>;
  sections_done: Generated<number>;
  sections_total: Generated<number>;
  rows_done: Generated<number>;
  bytes: number | null;
  failure_reason: string | null;
  created_at: Date;
  finished_at: Date | null;
  expires_at: Date | null;
}
export interface DataExportChunksTable {
  export_id: string;
  position: number;
  /** Sealed. */
  bytes: Buffer;
}
