import { failsWith } from '../../../http/fails-with.ts';
import type { App } from '../../../platform/feature.ts';
import * as wire from './push.schema.ts';
import type { PushService } from './push.service.ts';

const tags = ['Notifications'];
const config = { access: 'person' } as const;

/** `/notifications/push`: pushes to the browsers of the signed-in person. */
export function pushRoutes(app: App, service: PushService): void {
  app.get(
    '/notifications/push/vapid-key',
    {
      config,
      schema: {
        tags,
        summary: 'The key that browsers subscribe with.',
        response: { 200: wire.VapidKey },
      },
    },
    async () => service.key(),
  );

  app.get(
    '/notifications/push/subscriptions',
    {
      config,
      schema: {
        tags,
        summary: 'List your browsers that get pushes, the newest first.',
        response: { 200: wire.Subscriptions },
      },
    },
    async ({ actor }) => service.list(actor),
  );

  app.post(
    '/notifications/push/subscribe',
    {
      config: { ...config, idempotent: true },
      schema: {
        tags,
        summary: 'Send pushes to a browser.',
        description:
          'The endpoint must be https and public, unless OUTBOUND_ALLOW says otherwise. One that was subscribed goes over to ' +
          'you. Of more than 20 the oldest goes.',
        body: wire.Subscribe,
        response: { 201: wire.Done, ...failsWith('VALIDATION_ERROR', 'TARGET_NOT_ALLOWED') },
      },
    },
    async ({ actor, body }, reply) => {
      reply.status(201);
      return service.subscribe(actor, body);
    },
  );

  app.post(
    '/notifications/push/unsubscribe',
    {
      config: { ...config, idempotent: true },
      schema: {
        tags,
        summary: 'Send no more pushes to a browser.',
        body: wire.Unsubscribe,
        response: { 200: wire.Done, ...failsWith('VALIDATION_ERROR') },
      },
    },
    async ({ actor, body }) => service.unsubscribe(actor, body.endpoint),
  );

  app.post(
    '/notifications/push/test',
    {
      config: { ...config, idempotent: true },
      schema: {
        tags,
        summary: 'Push something to each of your browsers at once, and tell what their push services said.',
        response: { 200: wire.TestResult, ...failsWith('RATE_LIMITED') },
      },
    },
    async ({ actor }) => service.test(actor),
  );
}
