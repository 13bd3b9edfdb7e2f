import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { CursorQuery, onePage, sliceOf } from '../../http/list.ts';
import { byId } from '../../http/path-id.ts';
import { Success } from '../../http/schema.ts';
import { Failure } from '../../platform/failures.ts';
import type { App } from '../../platform/feature.ts';
import * as wire from './hooks.schema.ts';
import type { HookService } from './hooks.service.ts';

const config = { access: 'webhook:manage' } as const;
const tags = ['Hooks'];
const params = byId('HOOK_NOT_FOUND');
const unknown = failsWith('HOOK_NOT_FOUND');

/** `/hooks`: addresses to which other programs post, and what becomes of it. */
export function hookRoutes(app: App, service: HookService): void {
  app.post(
    '/hooks',
    {
      config,
      preValidation: async (request) => refuseOutbound(request),
      schema: {
        tags,
        summary: 'Make an address to which another program posts; what it posts becomes a message.',
        description:
          'The address and the secret are shown in this answer only. Whoever manages hooks needs `message:send` for the ' +
          'profile, too. To be told of events by this server, make a webhook (`POST /webhooks`).',
        body: wire.CreateHook,
        response: {
          201: wire.HookWithUrl,
          ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND', 'HOOKS_FULL', 'HOOK_TARGET_UNAVAILABLE'),
        },
      },
    },
    async ({ actor, body }, reply) => reply.status(201).send(await service.create(actor, body)),
  );
  app.get(
    '/hooks',
    {
      config,
      schema: {
        tags,
        summary: 'Hooks, newest first; without their addresses, their secrets masked.',
        querystring: CursorQuery,
        response: { 200: Type.Array(wire.Hook), ...failsWith('VALIDATION_ERROR') },
      },
    },
    async ({ actor, query }, reply) => {
      const slice = sliceOf(query);
      return onePage(reply, slice, await service.list(actor, slice), ({ createdAt }) => createdAt);
    },
  );
  app.get(
    '/hooks/:id',
    { config, schema: { tags, summary: 'One hook.', params, response: { 200: wire.Hook, ...unknown } } },
    async ({ actor, params }) => service.get(actor, params.id),
  );
  app.patch(
    '/hooks/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Change a hook; what is absent stays.',
        params,
        body: wire.UpdateHook,
        response: {
          200: wire.Hook,
          ...failsWith('VALIDATION_ERROR', 'HOOK_NOT_FOUND', 'HOOK_TARGET_UNAVAILABLE'),
        },
      },
    },
    async ({ actor, params, body }) => service.update(actor, params.id, body),
  );
  app.delete(
    '/hooks/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Delete a hook: its address is unknown from then on, its receipts are gone.',
        params,
        response: { 200: Success, ...unknown },
      },
    },
    async ({ actor, params }) => service.remove(actor, params.id),
  );
  app.post(
    '/hooks/:id/rotate-url',
    {
      config,
      schema: {
        tags,
        summary: 'Replace the address; the one before is unknown at once.',
        params,
        response: { 200: wire.HookRotated, ...unknown },
      },
    },
    async ({ actor, params }) => service.rotate(actor, params.id),
  );
  lookRoutes(app, service);
}

function lookRoutes(app: App, service: HookService): void {
  app.get(
    '/hooks/:id/receipts',
    {
      config,
      schema: {
        tags,
        summary: 'What came to a hook and what became of it, newest first.',
        description:
          'Receipts are kept for `EVENT_RETENTION_DAYS`, at most 10,000 of a hook; the payloads of the newest 100 with them, ' +
          'up to 128 kB each. Of a refused request the payload is not kept.',
        params,
        querystring: CursorQuery,
        response: { 200: Type.Array(wire.Receipt), ...failsWith('VALIDATION_ERROR', 'HOOK_NOT_FOUND') },
      },
    },
    async ({ actor, params, query }, reply) => {
      const slice = sliceOf(query);
      const rows = await service.received(actor, params.id, slice);
      return onePage(reply, slice, rows, ({ receivedAt }) => receivedAt);
    },
  );
  app.post(
    '/hooks/:id/try',
    {
      config,
      schema: {
        tags,
        summary: 'What would a payload become? Nothing is sent or kept.',
        description:
          'With `mapping` by that one instead of the hook’s. Without `payload` the last one received. A file of a message is ' +
          'not fetched.',
        params,
        body: wire.TryHook,
        response: { 200: wire.Tried, ...failsWith('VALIDATION_ERROR', 'HOOK_NOT_FOUND') },
      },
    },
    async ({ actor, params, body }) => service.try(actor, params.id, body),
  );
}

/** Bodies from before hooks were incoming: such clients want a webhook. */
function refuseOutbound({ body }: FastifyRequest): void {
  if (typeof body !== 'object' || body === null) return;
  const found = ['url', 'events'].filter((field) => field in body);
  if (found.length === 0) return;
  throw new Failure('VALIDATION_ERROR', {
    says: 'Hooks are incoming. To be told of events at an address of yours, use POST /webhooks with this body.',
    details: found.map((field) => ({ path: `/${field}`, problem: 'is a field of POST /webhooks' })),
  });
}
