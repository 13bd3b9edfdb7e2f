import Type, { type Static } from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { cursorOf, limitOf, PageQuery, page, pageSizeMax } from '../../http/list.ts';
import { byId, pathId } from '../../http/path-id.ts';
import { Success } from '../../http/schema.ts';
import type { Actor } from '../../platform/actor.ts';
import type { App } from '../../platform/feature.ts';
import type { DeliveryService } from './deliveries.service.ts';
import {
  CreateWebhook,
  Delivery,
  DeliveryDetail,
  DeliveryPage,
  deliveryStatuses,
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
const deliveryParams = Type.Object({
  id: pathId('WEBHOOK_NOT_FOUND'),
  deliveryId: pathId('DELIVERY_NOT_FOUND'),
});
const unknown = failsWith('WEBHOOK_NOT_FOUND');
const ListQuery = Type.Object({
  profileId: Type.Optional(Type.String()),
  ...PageQuery.properties,
  limit: limitOf(pageSizeMax),
});
const DeliveryQuery = Type.Object({
  status: Type.Optional(Type.Enum([...deliveryStatuses])),
  limit: limitOf(),
  cursor: cursorOf('`nextCursor`'),
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
  deliveryRoutes(app, deps.deliveries);
}

function deliveryRoutes(app: App, deliveries: DeliveryService): void {
  const unknownDelivery = failsWith('WEBHOOK_NOT_FOUND', 'DELIVERY_NOT_FOUND');
  app.get(
    '/webhooks/:id/deliveries',
    {
      config,
      schema: {
        tags,
        summary: 'Deliveries of a webhook, newest first.',
        params,
        querystring: DeliveryQuery,
        response: { 200: DeliveryPage, ...unknown },
      },
    },
    async (request) => deliveries.list(request.actor, request.params.id, request.query),
  );
  app.get(
    '/webhooks/:id/deliveries/:deliveryId',
    {
      config,
      schema: {
        tags,
        summary: 'One delivery with its payload and every attempt.',
        params: deliveryParams,
        response: { 200: DeliveryDetail, ...unknownDelivery },
      },
    },
    async (request) => deliveries.get(request.actor, request.params.id, request.params.deliveryId),
  );
  app.post(
    '/webhooks/:id/deliveries/:deliveryId/replay',
    {
      config,
      schema: {
        tags,
        summary: 'Deliver once more, with the same id and the same bytes.',
        params: deliveryParams,
        response: { 200: Delivery, ...unknownDelivery },
      },
    },
    async (request) => deliveries.replay(request.actor, request.params.id, request.params.deliveryId),
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
