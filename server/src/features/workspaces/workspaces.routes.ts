import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { byId } from '../../http/path-id.ts';
import type { App } from '../../platform/feature.ts';
import * as wire from './workspaces.schema.ts';
import type { WorkspaceService } from './workspaces.service.ts';

const tags = ['Workspaces'];

/** `/workspaces`: reading. */
export function workspaceRoutes(app: App, service: WorkspaceService): void {
  app.get(
    '/workspaces',
    {
      config: { access: 'workspace:read' },
      schema: { tags, summary: 'List workspaces.', response: { 200: Type.Array(wire.CountedWorkspace) } },
    },
    async (request) => service.list(request.actor),
  );

  app.get(
    '/workspaces/:id',
    {
      config: { access: 'workspace:read' },
      schema: {
        tags,
        summary: 'Get a workspace with its profiles.',
        params: byId('WORKSPACE_NOT_FOUND'),
        response: { 200: wire.WorkspaceWithProfiles, ...failsWith('WORKSPACE_NOT_FOUND') },
      },
    },
    async (request) => service.get(request.actor, request.params.id),
  );
}
