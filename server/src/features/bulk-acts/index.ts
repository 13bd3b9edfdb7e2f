import type { AuditLog } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { Feature } from '../../platform/feature.ts';
import type { JobQueue } from '../../platform/jobs/jobs.ts';
import type { Log } from '../../platform/log.ts';
import { doBulkAct } from './bulk-acts.jobs.ts';
import { bulkActKeeps } from './bulk-acts.keeps.ts';
import { bulkActRoutes } from './bulk-acts.routes.ts';
import { createBulkActService } from './bulk-acts.service.ts';
import { createBulkActStore } from './bulk-acts.store.ts';
import type { BulkKind } from './kind.ts';
import { createBulkActRunner } from './run.ts';

export { bulkEventFields, bulkFields, choiceOf, failureFields, firstFailures } from './bulk-acts.schema.ts';
export { type BulkAct, type BulkKind, defineBulkKind, type Outcome } from './kind.ts';

/** One act on many things, of the kinds that features bring. */
export function createBulkActs(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  audit: AuditLog;
  events: EventRecorder;
  jobs: JobQueue;
  kinds: readonly BulkKind[];
}) {
  const store = createBulkActStore(deps.db);
  const service = createBulkActService({ ...deps, store });
  const feature: Feature = {
    name: 'bulk-acts',
    purge: service.purge,
    routes(app) {
      for (const kind of deps.kinds) bulkActRoutes(app, service, kind);
    },
    jobs: [doBulkAct.runs(createBulkActRunner({ ...deps, store }))],
    keeps: bulkActKeeps,
    async start() {
      // The server begins without it, and jobs that were not given up go on anyway.
      service.goOn().catch((err: unknown) => deps.log.warn({ err }, 'acts on many go on later'));
    },
  };
  return { feature };
}
