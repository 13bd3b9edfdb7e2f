import { failsWith } from '../../http/fails-with.ts';
import { byId } from '../../http/path-id.ts';
import { Success } from '../../http/schema.ts';
import type { App } from '../../platform/feature.ts';
import * as wire from './notifications.schema.ts';
import type { NotificationService } from './notifications.service.ts';

const tags = ['Notifications'];
const config = { access: 'person' } as const;
const params = byId('NOTIFICATION_NOT_FOUND');

/** `/notifications`: what the signed-in person was notified of. */
export function notificationRoutes(app: App, service: NotificationService): void {
  app.get(
    '/notifications',
    {
      config,
      schema: {
        tags,
        summary: 'List your notifications, the newest first.',
        description:
          'Messages of a conversation are one notification, counted, until it is read. What is older than 90 days, ' +
          'and beyond the newest 1,000, is deleted.',
        querystring: wire.NotificationsQuery,
        response: { 200: wire.NotificationList, ...failsWith('VALIDATION_ERROR') },
      },
    },
    async ({ actor, query }) => service.list(actor, query),
  );

  app.get(
    '/notifications/unread-count',
    { config, schema: { tags, summary: 'How many are unread.', response: { 200: wire.UnreadCount } } },
    async ({ actor }) => service.countUnread(actor),
  );

  app.patch(
    '/notifications/:id/read',
    {
      config,
      schema: {
        tags,
        summary: 'Mark a notification as read.',
        params,
        response: { 200: Success, ...failsWith('NOTIFICATION_NOT_FOUND') },
      },
    },
    async ({ actor, params: { id } }) => service.markRead(actor, id),
  );

  app.patch(
    '/notifications/read-all',
    { config, schema: { tags, summary: 'Mark all as read.', response: { 200: Success } } },
    async ({ actor }) => service.markAllRead(actor),
  );

  app.delete(
    '/notifications/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Delete a notification.',
        params,
        response: { 200: Success, ...failsWith('NOTIFICATION_NOT_FOUND') },
      },
    },
    async ({ actor, params: { id } }) => service.remove(actor, id),
  );

  app.delete(
    '/notifications',
    { config, schema: { tags, summary: 'Delete all of them.', response: { 200: Success } } },
    async ({ actor }) => service.removeAll(actor),
  );
}
