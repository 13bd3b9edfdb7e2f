import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { PageQuery, pageSizeMax } from '../../http/list.ts';
import { byId } from '../../http/path-id.ts';
import type { App } from '../../platform/feature.ts';
import { updateRoute, type WebhookRouteDeps } from './webhooks.routes.ts';
import { LogPage, WebhookItem } from './webhooks.schema.ts';

const config = { access: 'webhook:manage' } as const;
const tags = ['Compatibility'];

/** Addresses that shipped clients call beside the main ones. */
export function compatibilityRoutes(app: App, { service, deliveries }: WebhookRouteDeps): void {
  app.get(
    '/webhooks/:id/logs',
    {
      config,
      schema: {
        tags,
        summary: 'Attempts of a webhook, newest first. Newer clients read its deliveries.',
        params: byId('WEBHOOK_NOT_FOUND'),
        querystring: PageQuery,
        response: { 200: LogPage, ...failsWith('WEBHOOK_NOT_FOUND') },
      },
    },
    async (request) => deliveries.log(request.actor, request.params.id, request.query),
  );
  app.patch('/webhooks/:id', updateRoute(tags), async (request) =>
    service.update(request.actor, request.params.id, request.body),
  );
  app.get(
    '/webhooks/profile/:profileId',
    {
      config,
      schema: {
        tags,
        summary: 'Webhooks of a profile.',
        params: Type.Object({ profileId: Type.String() }),
        response: { 200: Type.Array(WebhookItem), ...failsWith('PROFILE_NOT_FOUND') },
      },
    },
    async (request) =>
      service.list(request.actor, { profileId: request.params.profileId, limit: pageSizeMax, offset: 0 }),
  );
}
