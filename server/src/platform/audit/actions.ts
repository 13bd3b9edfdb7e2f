/** Every action of the audit log. The part before the dot is its category. */
export const auditActions = [
  'auth.login',
  'auth.logout',
  'auth.login_failed',
  'auth.guessing',
  'auth.register',
  'auth.password_change',
  'auth.password_reset_request',
  'auth.password_reset',
  'auth.email_verify',
  'auth.mfa_enable',
  'auth.mfa_disable',
  'auth.mfa_backup_codes',
  'auth.session_revoke',
  'auth.token_reuse',
  'auth.preferences_update',
  'access.denied',
  'org.create',
  'org.update',
  'org.transfer',
  'org.delete',
  'user.invite',
  'user.invite_accept',
  'user.invite_revoke',
  'user.update',
  'user.role_change',
  'user.remove',
  'role.create',
  'role.update',
  'role.delete',
  'role.assign',
  'role.unassign',
  'workspace.create',
  'workspace.update',
  'workspace.delete',
  'account.create',
  'account.update',
  'account.delete',
  'profile.create',
  'profile.update',
  'profile.delete',
  'profile.connect',
  'profile.disconnect',
  'apikey.create',
  'apikey.revoke',
  'webhook.create',
  'webhook.update',
  'webhook.delete',
  'webhook.rotate_secret',
  'hook.create',
  'hook.update',
  'hook.delete',
  'hook.rotate_url',
  'settings.update',
  'audit.export',
  'gdpr.export',
  'gdpr.delete',
] as const;

export type AuditAction = (typeof auditActions)[number];

/** The key of an action for clients, in upper snake case; those of `auth` without their prefix, as in `LOGIN_FAILED`. */
export function auditKey(action: AuditAction): string {
  return action
    .replace(/^auth\./, '')
    .replace('.', '_')
    .toUpperCase();
}
