import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { onePage, page, sliceOf } from '../../http/list.ts';
import { byId } from '../../http/path-id.ts';
import { given, Success } from '../../http/schema.ts';
import type { App } from '../../platform/feature.ts';
import { type Media, mediaFailures, uploadMsMax } from '../media/index.ts';
import * as wire from './broadcasts.schema.ts';
import type { BroadcastService } from './broadcasts.service.ts';
import * as results from './results.schema.ts';

const tags = ['Broadcast'];
const params = byId('BROADCAST_NOT_FOUND');
const read = { access: 'broadcast:read' } as const;
const refusals = [
  ...(['VALIDATION_ERROR', 'MEDIA_CONVERSION_UNAVAILABLE', ...mediaFailures] as const),
  ...(['CSV_COLUMN_MISSING', 'CSV_UNREADABLE'] as const),
] as const;

/** `/broadcast`: one message to many. */
export function broadcastRoutes(
  app: App,
  service: BroadcastService,
  { bodyBytesMax: bodyLimit }: Pick<Media, 'bodyBytesMax'>,
): void {
  app.post(
    '/broadcast',
    {
      bodyLimit,
      config: { access: 'broadcast:create', idempotent: 'in-transaction', bodyMsMax: uploadMsMax },
      schema: {
        tags,
        summary: 'Prepare a broadcast: one message to many people.',
        description:
          'It is a `draft` until it is started or scheduled. The message is checked now, and its file is taken in once for ' +
          'everybody. Who is to be sent it is found when it is started or scheduled.',
        body: wire.CreateBroadcast,
        response: {
          201: wire.Broadcast,
          ...failsWith(...refusals, 'PROFILE_NOT_FOUND', 'TEMPLATE_NOT_FOUND', 'BROADCAST_NOT_FOUND'),
        },
      },
    },
    async ({ actor, body, idempotency }, reply) =>
      reply.status(201).send(await service.create(actor, body, idempotency)),
  );
  app.get(
    '/broadcast',
    {
      config: read,
      schema: {
        tags,
        summary: 'Broadcasts, newest first.',
        querystring: wire.BroadcastsQuery,
        response: {
          200: Type.Array(wire.Broadcast),
          ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND'),
        },
      },
    },
    async ({ actor, query }, reply) => {
      const slice = sliceOf(query);
      return onePage(reply, slice, await service.list(actor, query, slice), ({ createdAt }) => createdAt);
    },
  );
  app.get(
    '/broadcast/:id',
    {
      config: read,
      schema: {
        tags,
        summary: 'One broadcast.',
        params,
        response: { 200: wire.Broadcast, ...failsWith('BROADCAST_NOT_FOUND') },
      },
    },
    async ({ actor, params }) => service.get(actor, params.id),
  );
  app.put(
    '/broadcast/:id',
    {
      bodyLimit,
      config: { access: 'broadcast:create', bodyMsMax: uploadMsMax },
      schema: {
        tags,
        summary: 'Change a broadcast that is a draft; what is absent stays.',
        params,
        body: wire.UpdateBroadcast,
        response: {
          200: wire.Broadcast,
          ...failsWith(...refusals, 'BROADCAST_NOT_FOUND', 'BROADCAST_NOT_DRAFT', 'TEMPLATE_NOT_FOUND'),
        },
      },
    },
    async ({ actor, params, body }) => service.update(actor, params.id, body),
  );
  app.delete(
    '/broadcast/:id',
    {
      config: { access: 'broadcast:delete' },
      schema: {
        tags,
        summary: 'Delete a broadcast with the record of its recipients; its messages stay.',
        params,
        response: { 200: Success, ...failsWith('BROADCAST_NOT_FOUND', 'BROADCAST_RUNNING') },
      },
    },
    async ({ actor, params }) => service.remove(actor, params.id),
  );
  draftRoutes(app, service, bodyLimit);
  stateRoutes(app, service);
  resultRoutes(app, service);
}

function draftRoutes(app: App, service: BroadcastService, bodyLimit: number): void {
  app.post(
    '/broadcast/preview',
    {
      bodyLimit,
      config: { access: 'broadcast:create', bodyMsMax: uploadMsMax },
      schema: {
        tags,
        summary: 'The same as `POST /broadcast/:id/preview`, of one that is not kept yet.',
        body: wire.CreateBroadcast,
        response: {
          200: results.Preview,
          ...failsWith(
            ...([...refusals, 'PROFILE_NOT_FOUND', 'TEMPLATE_NOT_FOUND', 'BROADCAST_NOT_FOUND'] as const),
            'RATE_LIMITED',
          ),
        },
      },
    },
    async ({ actor, body }) => service.previewUnsaved(actor, body),
  );
  app.post(
    '/broadcast/:id/duplicate',
    {
      config: { access: 'broadcast:create', idempotent: 'in-transaction' },
      schema: {
        tags,
        summary: 'The same broadcast once more, as a draft.',
        params,
        body: results.DuplicateBroadcast,
        response: { 201: wire.Broadcast, ...failsWith('BROADCAST_NOT_FOUND', 'MEDIA_NOT_FOUND') },
      },
    },
    async ({ actor, params, body, idempotency }, reply) =>
      reply.status(201).send(await service.duplicate(actor, params.id, body, idempotency)),
  );
  app.post(
    '/broadcast/:id/test',
    {
      config: { access: 'broadcast:execute', idempotent: 'in-transaction' },
      schema: {
        tags,
        summary: 'Send what a broadcast says to a few numbers, as single messages that count for nothing.',
        params,
        body: results.TestBroadcast,
        response: {
          201: results.TestAnswer,
          ...failsWith('BROADCAST_NOT_FOUND', 'INVALID_RECIPIENT', 'VALIDATION_ERROR', 'SENDING_POLICY'),
        },
      },
    },
    async ({ actor, params, body, idempotency }, reply) =>
      reply.status(201).send(await service.test(actor, params.id, body, idempotency)),
  );
}

function stateRoutes(app: App, service: BroadcastService): void {
  const execute = { access: 'broadcast:execute', idempotent: 'in-transaction' } as const;
  app.post(
    '/broadcast/:id/schedule',
    {
      config: execute,
      schema: {
        tags,
        summary: 'Start a draft at a time.',
        description: 'Its recipients are found now; who becomes one by then is not sent it.',
        params,
        body: wire.ScheduleBroadcast,
        response: {
          200: wire.Broadcast,
          ...failsWith('VALIDATION_ERROR', 'BROADCAST_NOT_FOUND', 'BROADCAST_NOT_SCHEDULABLE'),
        },
      },
    },
    async ({ actor, params, body, idempotency }) => service.schedule(actor, params.id, body, idempotency),
  );
  app.post(
    '/broadcast/:id/start',
    {
      config: execute,
      schema: {
        tags,
        summary: 'Start a broadcast now; one that is paused goes on.',
        description:
          'It goes on by itself, whatever happens to the server: each recipient is sent it once. While the profile is not ' +
          'connected it waits. Replies always pass before it. With `first` only so many are sent it; then it pauses by itself until ' +
          'it is started again. Nobody to send it to: 400, or once a long audience was gathered it is a draft again that says why.',
        params,
        body: Type.Optional(wire.StartBroadcast),
        response: {
          200: wire.Started,
          ...failsWith('BROADCAST_NOT_FOUND', 'BROADCAST_NOT_STARTABLE', 'BROADCAST_EMPTY'),
        },
      },
    },
    async ({ actor, params, body, idempotency }) =>
      service.start(actor, params.id, given(body?.first), idempotency),
  );
  app.post(
    '/broadcast/:id/pause',
    {
      config: { access: 'broadcast:execute' },
      schema: {
        tags,
        summary: 'Pause a running broadcast: after the answer not one further message leaves.',
        params,
        response: { 200: wire.Broadcast, ...failsWith('BROADCAST_NOT_FOUND', 'BROADCAST_NOT_RUNNING') },
      },
    },
    async ({ actor, params }) => service.pause(actor, params.id),
  );
  app.post(
    '/broadcast/:id/resume',
    {
      config: execute,
      schema: {
        tags,
        summary: 'Go on with a paused broadcast, at the next recipient.',
        params,
        body: Type.Optional(wire.StartBroadcast),
        response: { 200: wire.Started, ...failsWith('BROADCAST_NOT_FOUND', 'BROADCAST_NOT_PAUSED') },
      },
    },
    async ({ actor, params, body, idempotency }) =>
      service.resume(actor, params.id, given(body?.first), idempotency),
  );
  app.post(
    '/broadcast/:id/cancel',
    {
      config: { access: 'broadcast:execute' },
      schema: {
        tags,
        summary: 'Cancel a broadcast: after the answer not one further message leaves.',
        description: 'Its status is `failed`, with `cancelledAt` and the reason `cancelled`.',
        params,
        response: { 200: wire.Broadcast, ...failsWith('BROADCAST_NOT_FOUND', 'BROADCAST_ENDED') },
      },
    },
    async ({ actor, params }) => service.cancel(actor, params.id),
  );
}

function resultRoutes(app: App, service: BroadcastService): void {
  app.post(
    '/broadcast/:id/preview',
    {
      config: read,
      schema: {
        tags,
        summary: 'What would a broadcast do if it began now? Nothing is sent or kept.',
        description:
          'Whom it would reach, whom it would leave out and why, how the first twenty would read, and how long it would take. ' +
          'Of more than ten thousand a sample of two thousand is asked about; of a draft it is one of the first ten thousand. This goes ' +
          'beyond the specification.',
        params,
        response: {
          200: results.Preview,
          ...failsWith('BROADCAST_NOT_FOUND', 'CSV_UNREADABLE', 'RATE_LIMITED'),
        },
      },
    },
    async ({ actor, params }) => service.preview(actor, params.id),
  );
  app.post(
    '/broadcast/:id/explain',
    {
      config: read,
      schema: {
        tags,
        summary: 'Would somebody be sent a broadcast now, and if not, why? Nothing is sent or kept.',
        description:
          'The answer of the sending policy that sends it and that previews ask, whoever it is asked about. This goes beyond the ' +
          'specification.',
        params,
        body: results.ExplainBroadcast,
        response: {
          200: results.Explanation,
          ...failsWith('BROADCAST_NOT_FOUND', 'INVALID_RECIPIENT', 'RATE_LIMITED'),
        },
      },
    },
    async ({ actor, params, body }) => service.explain(actor, params.id, body.to),
  );
  app.get(
    '/broadcast/:id/recipients/export',
    {
      config: read,
      schema: {
        tags,
        summary: 'All recipients with how far each is, as CSV.',
        description:
          'Cells that a spreadsheet would run as a formula begin with a quote. This goes beyond the specification.',
        params,
        response: {
          200: {
            description: 'The recipients.',
            content: { 'text/csv': { schema: Type.String({ examples: ['chatId,phone,status'] }) } },
          },
          ...failsWith('BROADCAST_NOT_FOUND'),
        },
      },
    },
    async ({ actor, params }, reply) =>
      reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="broadcast_${params.id}.csv"`)
        .header('x-content-type-options', 'nosniff')
        .send((await service.export(actor, params.id)) as never),
  );
  app.get(
    '/broadcast/:id/stats',
    {
      config: read,
      schema: {
        tags,
        summary: 'How a broadcast went, counted from its recipients.',
        params,
        response: { 200: results.StatsAnswer, ...failsWith('BROADCAST_NOT_FOUND') },
      },
    },
    async ({ actor, params }) => service.stats(actor, params.id),
  );
  app.get(
    '/broadcast/:id/recipients',
    {
      config: read,
      schema: {
        tags,
        summary: 'Who is sent a broadcast, how far each is, and why somebody was left out.',
        params,
        querystring: results.RecipientsQuery,
        response: {
          200: results.RecipientsAnswer,
          ...failsWith('VALIDATION_ERROR', 'BROADCAST_NOT_FOUND'),
        },
      },
    },
    async ({ actor, params, query }) => {
      const { status, code, replied, cursor } = query;
      return service.recipients(actor, params.id, { ...page(query), status, code, replied, cursor });
    },
  );
}
