import { failsWith } from '../../http/fails-with.ts';
import { byId } from '../../http/path-id.ts';
import { Success } from '../../http/schema.ts';
import type { App } from '../../platform/feature.ts';
import * as wire from './presence.schema.ts';
import type { PresenceService } from './presence.service.ts';

const params = byId('CONVERSATION_NOT_FOUND');

/** `/conversations/:id/presence`: about a chat, as what is heard is. */
export function presenceRoutes(app: App, service: PresenceService): void {
  app.post(
    '/conversations/:id/presence',
    {
      config: { access: 'message:read' },
      schema: {
        tags: ['Conversations'],
        summary: 'Hear for a while who is there and who types in a chat.',
        description:
          'Each change is told to sockets (`chat:presence`) and to streams of `GET /events` (`chat.presence`), at most once a ' +
          'second for a chat, and is kept nowhere. Asked again it lasts longer; it outlives reconnects. This goes beyond the specification.',
        params,
        body: wire.FollowPresence,
        response: {
          200: wire.PresenceFollowed,
          ...failsWith('INVALID_RECIPIENT', 'CONVERSATION_NOT_FOUND', 'RATE_LIMITED'),
        },
      },
    },
    async ({ actor, params: { id }, body }) => service.follow(actor, id, body.minutes),
  );

  app.delete(
    '/conversations/:id/presence',
    {
      config: { access: 'message:read' },
      schema: {
        tags: ['Conversations'],
        summary: 'Hear no more of it. This goes beyond the specification.',
        params,
        response: { 200: Success, ...failsWith('CONVERSATION_NOT_FOUND') },
      },
    },
    async ({ actor, params: { id } }) => {
      await service.end(actor, id);
      return { success: true };
    },
  );
}
