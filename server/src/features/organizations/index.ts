import type { AuditLog } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { Feature } from '../../platform/feature.ts';
import { createWorkspaceStore } from '../workspaces/index.ts';
import { organizationRoutes } from './organizations.routes.ts';
import { createOrganizationService } from './organizations.service.ts';
import { createOrganizationStore } from './organizations.store.ts';

export function createOrganizations(deps: { db: Db; clock: Clock; audit: AuditLog }): { feature: Feature } {
  const { db } = deps;
  const service = createOrganizationService({
    ...deps,
    store: createOrganizationStore(db),
    workspaces: createWorkspaceStore(db),
  });
  return { feature: { name: 'organizations', routes: (app) => organizationRoutes(app, service) } };
}
