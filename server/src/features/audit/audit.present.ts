import type { AuditRow } from './audit.store.ts';

/** A row of the log as clients see it. */
export function presentEntry(row: AuditRow) {
  return {
    id: row.id,
    action: row.action,
    userId: row.user_id,
    organizationId: row.organization_id,
    resourceType: row.resource_type,
    resourceId: row.resource_id,
    outcome: row.outcome,
    metadata: row.metadata,
    ip: row.ip_address,
    userAgent: row.user_agent,
    timestamp: row.occurred_at.toISOString(),
    apiKeyId: row.api_key_id,
    user:
      row.user_id !== null && row.user_name !== null
        ? { id: row.user_id, name: row.user_name, email: row.user_email ?? '' }
        : null,
  };
}
