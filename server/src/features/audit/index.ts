import type { AuditLog } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { Feature } from '../../platform/feature.ts';
import { auditRoutes } from './audit.routes.ts';
import { createAuditService } from './audit.service.ts';
import { createAuditStore } from './audit.store.ts';

/** The audit log, for reading. */
export function createAudit(deps: { db: Db; clock: Clock; audit: AuditLog }): { feature: Feature } {
  const service = createAuditService({ ...deps, store: createAuditStore(deps.db) });
  return { feature: { name: 'audit', routes: (app) => auditRoutes(app, service) } };
}
