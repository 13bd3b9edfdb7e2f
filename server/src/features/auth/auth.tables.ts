import type { Generated } from 'kysely';
import type { JsonDefault } from '../../platform/db/json-column.ts';

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
  /** The time step of the last accepted code: no code is good twice. */
  two_factor_last_step: number | null;
  created_at: Date;
  updated_at: Date;
}
interface AuthSessionsTable {
  id: string;
  user_id: string;
  ip_address: string | null;
  user_agent: string | null;
  last_active_at: Date;
  expires_at: Date;
  created_at: Date;
}
interface SignInPlacesTable {
  user_id: string;
  network: string;
  last_at: Date;
}
interface RefreshTokensTable {
  token_hash: Buffer;
  session_id: string;
  issued_at: Date;
  expires_at: Date;
  used_at: Date | null;
  successor: Buffer | null;
}
interface AttemptCountersTable {
  key: string;
  attempts: number;
  expires_at: Date;
}
interface TwoFactorBackupCodesTable {
  user_id: string;
  code_hash: Buffer;
  used_at: Date | null;
}
/** A password was right and a second factor is still due. */
interface LoginChallengesTable {
  token_hash: Buffer;
  user_id: string;
  ip_address: string;
  attempts: Generated<number>;
  created_at: Date;
  expires_at: Date;
}
/** Tokens of links in letters; `purpose` is `password-reset` or `email-verification`. */
interface LetterTokensTable {
  token_hash: Buffer;
  user_id: string;
  purpose: string;
  email: string;
  created_at: Date;
  expires_at: Date;
}

declare module '../../platform/db/tables.ts' {
  interface Tables {
    users: UsersTable;
    auth_sessions: AuthSessionsTable;
    sign_in_places: SignInPlacesTable;
    refresh_tokens: RefreshTokensTable;
    attempt_counters: AttemptCountersTable;
    two_factor_backup_codes: TwoFactorBackupCodesTable;
    login_challenges: LoginChallengesTable;
    letter_tokens: LetterTokensTable;
  }
}
