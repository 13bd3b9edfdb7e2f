import Type, { type Static } from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { limitOf, PageQuery, page, pageSizeMax } from '../../http/list.ts';
import { byId } from '../../http/path-id.ts';
import { Success } from '../../http/schema.ts';
import type { Actor } from '../../platform/actor.ts';
import type { App } from '../../platform/feature.ts';
import type { DeliveryService } from './deliveries.service.ts';
import {
  CreateWebhook,
  RotateSecret,
  TestResult,
  UpdateWebhook,
  Webhook,
  WebhookItem,
  WebhookWithSecret,
} from './webhooks.schema.ts';
import type { WebhookService } from './webhooks.service.ts';

export interface WebhookRouteDeps {
  service: WebhookService;
  deliveries: DeliveryService;
  test: (actor: Actor, id: string) => Promise<Static<typeof TestResult>>;
}

const config = { access: 'webhook:manage' } as const;
const tags = ['Webhooks'];
const params = byId('WEBHOOK_NOT_FOUND');
const unknown = failsWith('WEBHOOK_NOT_FOUND');
const ListQuery = Type.Object({
  profileId: Type.Optional(Type.String()),
  ...PageQuery.properties,
  limit: limitOf(pageSizeMax),
});
export function webhookRoutes(app: App, deps: WebhookRouteDeps): void {
  const { service } = deps;
  app.post(
    '/webhooks',
    {
      config,
      schema: {
        tags,
        summary: 'Create a webhook; its secret is shown in this answer only.',
        body: CreateWebhook,
        response: {
          201: WebhookWithSecret,
          ...failsWith('PROFILE_NOT_FOUND', 'TARGET_NOT_ALLOWED'),
        },
      },
    },
    async (request, reply) => reply.status(201).send(await service.create(request.actor, request.body)),
  );
  app.get(
    '/webhooks',
    {
      config,
      schema: {
        tags,
        summary: 'Webhooks of the organisation, newest first.',
        querystring: ListQuery,
        response: { 200: Type.Array(WebhookItem), ...failsWith('PROFILE_NOT_FOUND') },
      },
    },
    async (request) => service.list(request.actor, { ...request.query, ...page(request.query) }),
  );
  app.get(
    '/webhooks/:id',
    { config, schema: { tags, summary: 'One webhook.', params, response: { 200: Webhook, ...unknown } } },
    async (request) => service.get(request.actor, request.params.id),
  );
  app.put('/webhooks/:id', updateRoute(['Webhooks']), async (request) =>
    service.update(request.actor, request.params.id, request.body),
  );
  app.delete(
    '/webhooks/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Delete a webhook with its deliveries.',
        params,
        response: { 200: Success, ...unknown },
      },
    },
    async (request) => service.remove(request.actor, request.params.id),
  );
  app.post(
    '/webhooks/:id/test',
    {
      config,
      schema: {
        tags,
        summary: 'Post a test event now and say what came back.',
        params,
        response: { 200: TestResult, ...failsWith('WEBHOOK_NOT_FOUND', 'RATE_LIMITED') },
      },
    },
    async (request) => deps.test(request.actor, request.params.id),
  );
  app.post(
    '/webhooks/:id/rotate-secret',
    {
      config,
      schema: {
        tags,
        summary: 'Replace the secret; for a while both sign, so that receivers can change over.',
        params,
        body: RotateSecret,
        response: { 200: WebhookWithSecret, ...unknown },
      },
    },
    async (request) => service.rotateSecret(request.actor, request.params.id, request.body),
  );
}

/** Shared by PUT and the older PATCH. */
export function updateRoute(tags: string[]) {
  return {
    config,
    schema: {
      tags,
      summary: 'Change a webhook; what is absent stays.',
      params,
      body: UpdateWebhook,
      response: { 200: Webhook, ...failsWith('WEBHOOK_NOT_FOUND', 'TARGET_NOT_ALLOWED') },
    },
  };
}
