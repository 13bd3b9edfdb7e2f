import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { onePage, sliceOf } from '../../http/list.ts';
import { byId, pathId } from '../../http/path-id.ts';
import type { App } from '../../platform/feature.ts';
import { type Media, mediaFailures, uploadMsMax } from '../media/index.ts';
import * as wire from './schedule.schema.ts';
import type { ScheduleService } from './schedule.service.ts';

const tags = ['Messages'];
const params = byId('SCHEDULE_NOT_FOUND');
const refusals = [
  'VALIDATION_ERROR',
  'INVALID_RECIPIENT',
  'MESSAGE_NOT_FOUND',
  'MEDIA_CONVERSION_UNAVAILABLE',
  ...mediaFailures,
] as const;

/** `/messages/schedule`: messages for later. */
export function scheduleRoutes(
  app: App,
  service: ScheduleService,
  { bodyBytesMax: bodyLimit }: Pick<Media, 'bodyBytesMax'>,
): void {
  app.post(
    '/messages/schedule',
    {
      bodyLimit,
      config: { access: 'message:send', idempotent: 'in-transaction', bodyMsMax: uploadMsMax },
      schema: {
        tags,
        summary: 'Send a message of any kind later.',
        description:
          'It is checked and made ready now, its file too, and handed over at its time like any other: from then on the pace ' +
          'and the limits of the profile count. It is handed over once, also when the server was away at its time; ' +
          'what is too late by then fails as `EXPIRED`.',
        body: wire.ScheduleBody,
        response: { 201: wire.ScheduledMessage, ...failsWith(...refusals, 'PROFILE_NOT_FOUND') },
      },
    },
    async ({ actor, body, idempotency }, reply) => {
      reply.nameIgnored(service.ignoredIn(body));
      reply.status(201);
      return service.create(actor, body, idempotency);
    },
  );

  app.get(
    '/messages/schedule/:profileId',
    {
      config: { access: 'message:read' },
      schema: {
        tags,
        summary: 'List scheduled messages of a profile, the soonest first.',
        params: Type.Object({ profileId: pathId('PROFILE_NOT_FOUND') }),
        querystring: wire.ScheduleQuery,
        response: {
          200: Type.Array(wire.ScheduledMessage),
          ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND'),
        },
      },
    },
    async ({ actor, params, query }, reply) => {
      const slice = sliceOf(query);
      const which = { profileId: params.profileId, status: query.status };
      return onePage(reply, slice, await service.list(actor, which, slice), ({ scheduledAt }) => scheduledAt);
    },
  );

  app.patch(
    '/messages/schedule/:id',
    {
      bodyLimit,
      config: { access: 'message:send', bodyMsMax: uploadMsMax },
      schema: {
        tags,
        summary: 'Change a scheduled message: when it goes, to whom, or what it says.',
        description:
          '`content` replaces all it said; without `type` it is of the kind it was. This goes beyond the specification.',
        params,
        body: wire.ChangeBody,
        response: {
          200: wire.ScheduledMessage,
          ...failsWith(...refusals, 'SCHEDULE_NOT_FOUND', 'SCHEDULE_NOT_PENDING'),
        },
      },
    },
    async ({ actor, params, body }) => service.change(actor, params.id, body),
  );

  app.delete(
    '/messages/schedule/:id',
    {
      config: { access: 'message:send' },
      schema: {
        tags,
        summary: 'Cancel a scheduled message that waits.',
        description:
          'Once it is handed over it is a message: `POST /messages/:id/cancel` may still take that out of the queue.',
        params,
        response: {
          200: wire.ScheduledMessage,
          ...failsWith('SCHEDULE_NOT_FOUND', 'SCHEDULE_NOT_PENDING'),
        },
      },
    },
    async ({ actor, params }) => service.cancel(actor, params.id),
  );
}
