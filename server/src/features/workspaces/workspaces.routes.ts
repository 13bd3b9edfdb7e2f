import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { CursorQuery, limitOf, onePage, pageSizeMax, sliceOf } from '../../http/list.ts';
import { byId } from '../../http/path-id.ts';
import { Success } from '../../http/schema.ts';
import type { App } from '../../platform/feature.ts';
import * as wire from './workspaces.schema.ts';
import type { WorkspaceService } from './workspaces.service.ts';

const tags = ['Workspaces'];
const params = byId('WORKSPACE_NOT_FOUND');
const ListQuery = Type.Object({ ...CursorQuery.properties, limit: limitOf(pageSizeMax) });

/** `/workspaces`. Who may see some workspaces only does not find the others. */
export function workspaceRoutes(app: App, service: WorkspaceService): void {
  app.get(
    '/workspaces',
    {
      config: { access: 'workspace:read' },
      schema: {
        tags,
        summary: 'List workspaces, oldest first.',
        querystring: ListQuery,
        response: { 200: Type.Array(wire.CountedWorkspace) },
      },
    },
    async (request, reply) => {
      const slice = sliceOf(request.query);
      const rows = await service.list(request.actor, slice);
      return onePage(reply, slice, rows, ({ createdAt }) => createdAt);
    },
  );

  app.post(
    '/workspaces',
    {
      config: { access: 'workspace:create' },
      schema: {
        tags,
        summary: 'Create a workspace.',
        body: wire.CreateWorkspace,
        response: { 201: wire.Workspace, ...failsWith('SLUG_TAKEN') },
      },
    },
    async (request, reply) => reply.code(201).send(await service.create(request.actor, request.body)),
  );

  app.get(
    '/workspaces/:id',
    {
      config: { access: 'workspace:read' },
      schema: {
        tags,
        summary: 'Get a workspace with its profiles.',
        params,
        response: { 200: wire.WorkspaceWithProfiles, ...failsWith('WORKSPACE_NOT_FOUND') },
      },
    },
    async (request) => service.get(request.actor, request.params.id),
  );

  app.put(
    '/workspaces/:id',
    {
      config: { access: 'workspace:update' },
      schema: {
        tags,
        summary: 'Change a workspace; absent fields stay, `settings` is replaced, the slug never changes.',
        params,
        body: wire.UpdateWorkspace,
        response: { 200: wire.Workspace, ...failsWith('WORKSPACE_NOT_FOUND') },
      },
    },
    async (request) => service.update(request.actor, request.params.id, request.body),
  );

  app.delete(
    '/workspaces/:id',
    {
      config: { access: 'workspace:delete' },
      schema: {
        tags,
        summary: 'Delete a workspace with everything in it; its profiles are logged out first.',
        params,
        response: { 200: Success, ...failsWith('WORKSPACE_NOT_FOUND', 'WORKSPACE_NEEDED') },
      },
    },
    async (request) => {
      await service.remove(request.actor, request.params.id);
      return { success: true };
    },
  );
}
