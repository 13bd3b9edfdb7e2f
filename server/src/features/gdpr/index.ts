import type { Idempotency } from '../../http/idempotency.ts';
import type { AuditLog } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Vault } from '../../platform/crypto.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { Feature } from '../../platform/feature.ts';
import type { JobEraser, JobQueue } from '../../platform/jobs/jobs.ts';
import type { AllKeeps } from '../../platform/keeps/keeps.ts';
import type { Log } from '../../platform/log.ts';
import type { AccessAuthenticator } from '../access/index.ts';
import type { People } from '../auth/index.ts';
import { createLeavingStore } from '../organizations/index.ts';
import { createEraseService } from './erase/erase.service.ts';
import { createOrganizationEraser } from './erase/erase-organization.ts';
import { createOrganizationErasure } from './erase/organization.store.ts';
import { createExportService } from './export/exports.service.ts';
import { createExportStore } from './export/exports.store.ts';
import { createMaker } from './export/make.ts';
import { eraseOrganization, makeExport } from './gdpr.jobs.ts';
import { gdprKeeps } from './gdpr.keeps.ts';
import { gdprRoutes } from './gdpr.routes.ts';

export interface GdprDeps {
  db: Db;
  clock: Clock;
  log: Log;
  vault: Vault;
  audit: AuditLog;
  jobs: JobQueue & JobEraser;
  idempotency: Pick<Idempotency, 'once'>;
  people: Pick<People, 'confirm' | 'forget'>;
  authenticator: Pick<AccessAuthenticator, 'forget'>;
  /** The `Keeps` of all features; a function, because features are composed one by one. */
  keeps(): AllKeeps;
}

/** Exporting one's data, and deleting one's account. Expired exports go; erasures that did not finish begin again. */
export function createGdpr(deps: GdprDeps): { feature: Feature } {
  const store = createExportStore(deps.db);
  const maker = createMaker({ ...deps, store });
  const exports = createExportService({ ...deps, store, maker });
  const organizations = createOrganizationErasure(deps.db, deps.keeps);
  const members = createLeavingStore(deps.db);
  const erase = createEraseService({ ...deps, organizations, members, exports: store });
  const eraser = createOrganizationEraser({ ...deps, organizations, members });
  return {
    feature: {
      name: 'gdpr',
      routes: (app) => gdprRoutes(app, { exports, erase, keeps: deps.keeps() }),
      jobs: [makeExport.runs(maker.make), eraseOrganization.runs(eraser.erase)],
      enqueues: [makeExport, eraseOrganization],
      async purge() {
        await exports.purge();
        await eraser.resume();
      },
      keeps: gdprKeeps,
    },
  };
}
