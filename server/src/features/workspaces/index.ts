import type { Db } from '../../platform/db/transaction.ts';
import type { Feature } from '../../platform/feature.ts';
import { workspaceRoutes } from './workspaces.routes.ts';
import { createWorkspaceService } from './workspaces.service.ts';
import { createWorkspaceStore } from './workspaces.store.ts';

export { Workspace } from './workspaces.schema.ts';
export { presentWorkspace } from './workspaces.service.ts';
export { createWorkspaceStore, type WorkspaceRow, type WorkspaceStore } from './workspaces.store.ts';

export function createWorkspaces({ db }: { db: Db }): { feature: Feature } {
  const service = createWorkspaceService(createWorkspaceStore(db));
  return { feature: { name: 'workspaces', routes: (app) => workspaceRoutes(app, service) } };
}
