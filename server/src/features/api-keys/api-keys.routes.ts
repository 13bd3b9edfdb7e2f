import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { CursorQuery, onePage, sliceOf } from '../../http/list.ts';
import { byId } from '../../http/path-id.ts';
import { Success } from '../../http/schema.ts';
import type { App } from '../../platform/feature.ts';
import * as wire from './api-keys.schema.ts';
import type { ApiKeyService } from './api-keys.service.ts';

const tags = ['API keys'];

const ListQuery = Type.Object({
  userId: Type.Optional(
    Type.String({ maxLength: 100, description: 'Keys of somebody else; needs `user:update`.' }),
  ),
  ...CursorQuery.properties,
});

/** `/api-keys`: a person's own keys, and those of others for who may change people. */
export function apiKeyRoutes(app: App, service: ApiKeyService): void {
  app.get(
    '/api-keys',
    {
      config: { access: 'apikey:read' },
      schema: {
        tags,
        summary: 'List your API keys, newest first.',
        querystring: ListQuery,
        response: { 200: Type.Array(wire.ApiKey), ...failsWith('MEMBER_NOT_FOUND') },
      },
    },
    async (request, reply) => {
      const slice = sliceOf(request.query);
      const rows = await service.list(request.actor, { userId: request.query.userId ?? undefined, ...slice });
      return onePage(reply, slice, rows, ({ createdAt }) => createdAt);
    },
  );

  app.post(
    '/api-keys',
    {
      config: { access: 'apikey:create' },
      schema: {
        tags,
        summary: 'Create an API key; the answer is the only place that shows it.',
        body: wire.CreateApiKey,
        response: { 201: wire.CreatedApiKey, ...failsWith('KEY_TOO_WIDE', 'PROFILE_NOT_FOUND') },
      },
    },
    async (request, reply) => reply.code(201).send(await service.create(request.actor, request.body)),
  );

  app.delete(
    '/api-keys/:id',
    {
      config: { access: 'apikey:delete' },
      schema: {
        tags,
        summary: 'Revoke an API key: it stops at once.',
        params: byId('API_KEY_NOT_FOUND'),
        response: { 200: Success, ...failsWith('API_KEY_NOT_FOUND') },
      },
    },
    async (request) => {
      await service.remove(request.actor, request.params.id);
      return { success: true };
    },
  );
}
