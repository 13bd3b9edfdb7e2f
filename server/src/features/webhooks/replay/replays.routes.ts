import Type from 'typebox';
import { failsWith } from '../../../http/fails-with.ts';
import { cursorOf, limitOf } from '../../../http/list.ts';
import { byId, pathId } from '../../../http/path-id.ts';
import type { App } from '../../../platform/feature.ts';
import { Replay, ReplayPage, StartReplay } from './replay.schema.ts';
import type { ReplayService } from './replays.service.ts';

const config = { access: 'webhook:manage' } as const;
const tags = ['Webhooks'];
const params = byId('WEBHOOK_NOT_FOUND');
const ofReplay = Type.Object({
  id: pathId('WEBHOOK_NOT_FOUND'),
  replayId: pathId('REPLAY_NOT_FOUND'),
});
const unknown = failsWith('WEBHOOK_NOT_FOUND', 'REPLAY_NOT_FOUND');

/** `/webhooks/:id/replays…`: what a receiver missed, once more. */
export function replayRoutes(app: App, service: ReplayService): void {
  app.post(
    '/webhooks/:id/replay',
    {
      config,
      schema: {
        tags,
        summary: 'Deliver a range of time once more, or everything since a sequence or an event.',
        description:
          'A job makes the deliveries in small batches, from the events that are kept and with the filters as they are now; the ' +
          'answer and `GET /webhooks/:id/replays/:replayId` say how far it is. Each event keeps its id. 100,000 deliveries at ' +
          'most, and one job of a webhook at a time.',
        params,
        body: StartReplay,
        response: {
          202: Replay,
          ...failsWith('WEBHOOK_NOT_FOUND', 'CURSOR_GONE', 'REPLAY_RUNNING', 'WEBHOOK_DISABLED'),
        },
      },
    },
    async ({ actor, params: { id }, body }, reply) =>
      reply.status(202).send(await service.start(actor, id, body)),
  );
  app.get(
    '/webhooks/:id/replays',
    {
      config,
      schema: {
        tags,
        summary: 'Replays of a webhook, newest first.',
        params,
        querystring: Type.Object({ limit: limitOf(), cursor: cursorOf('`nextCursor`') }),
        response: { 200: ReplayPage, ...failsWith('WEBHOOK_NOT_FOUND') },
      },
    },
    async ({ actor, params: { id }, query }) => service.list(actor, id, query),
  );
  app.get(
    '/webhooks/:id/replays/:replayId',
    {
      config,
      schema: {
        tags,
        summary: 'How far a replay is.',
        params: ofReplay,
        response: { 200: Replay, ...unknown },
      },
    },
    async ({ actor, params: { id, replayId } }) => service.get(actor, id, replayId),
  );
  app.post(
    '/webhooks/:id/replays/:replayId/stop',
    {
      config,
      schema: {
        tags,
        summary: 'Stop a replay; what it has made due is delivered.',
        params: ofReplay,
        response: { 200: Replay, ...unknown },
      },
    },
    async ({ actor, params: { id, replayId } }) => service.stop(actor, id, replayId),
  );
}
