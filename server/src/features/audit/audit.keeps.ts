import { eraseTrail, pseudonymise } from '../../platform/audit/audit-logs.store.ts';
import type { Keeps } from '../../platform/keeps/keeps.ts';
import { ofEverybody, ofUser, type Section } from '../../platform/keeps/section.ts';

const own: Section = {
  name: 'auditLogs',
  place: 70,
  table: 'audit_logs',
  columns: [
    'id',
    'organization_id',
    'action',
    'user_id',
    'api_key_id',
    'resource_type',
    'resource_id',
    'outcome',
    'metadata',
    'ip_address',
    'user_agent',
    'occurred_at',
  ],
  named: { occurred_at: 'createdAt' },
  key: [
    ['occurred_at', 'timestamptz'],
    ['id', 'uuid'],
  ],
  newestFirst: true,
  of: ofUser,
};

export const auditKeeps: Keeps = {
  sections: {
    person: [own],
    organization: [ofEverybody(own, { name: 'organizationAuditLogs', place: 270 })],
  },
  ofPerson: [{ place: 10, counts: 'auditLogs', erase: pseudonymise }],
  rows: [{ place: 150, table: 'audit_logs', erase: eraseTrail }],
};
