import type { Db } from '../../platform/db/transaction.ts';
import type { Feature } from '../../platform/feature.ts';
import { createWorkspaceStore } from '../workspaces/index.ts';
import { organizationRoutes } from './organizations.routes.ts';
import { createOrganizationService } from './organizations.service.ts';
import { createOrganizationStore } from './organizations.store.ts';

export function createOrganizations({ db }: { db: Db }): { feature: Feature } {
  const service = createOrganizationService(createOrganizationStore(db), createWorkspaceStore(db));
  return { feature: { name: 'organizations', routes: (app) => organizationRoutes(app, service) } };
}
