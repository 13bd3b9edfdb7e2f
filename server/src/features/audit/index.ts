import type { AuditLog } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config/config.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { Feature } from '../../platform/feature.ts';
import { auditKeeps } from './audit.keeps.ts';
import { auditRoutes } from './audit.routes.ts';
import { createAuditService } from './audit.service.ts';
import { createAuditStore } from './audit.store.ts';
import { createPurge } from './purge.ts';

/** The audit log, for reading, as long as the operator wants it kept. */
export function createAudit(deps: {
  db: Db;
  clock: Clock;
  audit: AuditLog;
  config: Pick<Config, 'auditRetentionDays'>;
}): { feature: Feature } {
  const service = createAuditService({ ...deps, store: createAuditStore(deps.db) });
  return {
    feature: {
      name: 'audit',
      routes: (app) => auditRoutes(app, service),
      purge: createPurge({ ...deps, retentionDays: deps.config.auditRetentionDays }),
      keeps: auditKeeps,
    },
  };
}
