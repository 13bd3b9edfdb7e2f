import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { byId, pathId } from '../../http/path-id.ts';
import type { App } from '../../platform/feature.ts';
import type { DeliveryService } from './deliveries.service.ts';
import { Delivery, DeliveryDetail, DeliveryPage, DeliveryQuery, WebhookStats } from './webhooks.schema.ts';

const config = { access: 'webhook:manage' } as const;
const tags = ['Webhooks'];
const params = byId('WEBHOOK_NOT_FOUND');
const unknown = failsWith('WEBHOOK_NOT_FOUND');
const deliveryParams = Type.Object({
  id: pathId('WEBHOOK_NOT_FOUND'),
  deliveryId: pathId('DELIVERY_NOT_FOUND'),
});
/** `/webhooks/…/deliveries…`: what was delivered, and what came of it. */
export function deliveryRoutes(app: App, deliveries: DeliveryService): void {
  const unknownDelivery = failsWith('WEBHOOK_NOT_FOUND', 'DELIVERY_NOT_FOUND');
  app.get(
    '/webhooks/deliveries',
    {
      config,
      schema: {
        tags,
        summary: 'Deliveries of all webhooks, newest first.',
        querystring: DeliveryQuery,
        response: { 200: DeliveryPage },
      },
    },
    async (request) => deliveries.list(request.actor, undefined, request.query),
  );
  app.get(
    '/webhooks/:id/stats',
    {
      config,
      schema: {
        tags,
        summary: 'How a webhook does: what waits, and what came of its attempts of late.',
        params,
        querystring: Type.Object({
          hours: Type.Optional(Type.Integer({ minimum: 1, maximum: 720, default: 24 })),
        }),
        response: { 200: WebhookStats, ...failsWith('WEBHOOK_NOT_FOUND') },
      },
    },
    async (request) => deliveries.stats(request.actor, request.params.id, request.query.hours),
  );
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
