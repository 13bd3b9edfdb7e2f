import type { Feature } from '../../platform/feature.ts';
import { workspaceKeeps } from './workspaces.keeps.ts';
import { workspaceRoutes } from './workspaces.routes.ts';
import { createWorkspaceService, type WorkspaceServiceDeps } from './workspaces.service.ts';
import { createWorkspaceStore } from './workspaces.store.ts';

export { presentWorkspace } from './workspaces.present.ts';
export { Workspace } from './workspaces.schema.ts';
export {
  createWorkspaceStore,
  insertWorkspace,
  type WorkspaceRow,
  type WorkspaceStore,
} from './workspaces.store.ts';

export function createWorkspaces(deps: Omit<WorkspaceServiceDeps, 'store'>): { feature: Feature } {
  const service = createWorkspaceService({ ...deps, store: createWorkspaceStore(deps.db) });
  return {
    feature: { name: 'workspaces', routes: (app) => workspaceRoutes(app, service), keeps: workspaceKeeps },
  };
}
