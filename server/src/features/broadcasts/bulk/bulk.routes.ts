import Type from 'typebox';
import { failsWith } from '../../../http/fails-with.ts';
import { onePage, sliceOf } from '../../../http/list.ts';
import type { App } from '../../../platform/feature.ts';
import { type Media, mediaFailures, uploadMsMax } from '../../media/index.ts';
import * as wire from './bulk.schema.ts';
import type { BulkService } from './bulk.service.ts';

const tags = ['Bulk'];

/** `/bulk`: many messages in one request, one after the other. */
export function bulkRoutes(
  app: App,
  service: BulkService,
  { bodyBytesMax: bodyLimit }: Pick<Media, 'bodyBytesMax'>,
): void {
  app.post(
    '/bulk/send',
    {
      bodyLimit,
      config: { access: 'message:send', idempotent: 'in-transaction', bodyMsMax: uploadMsMax },
      schema: {
        tags,
        summary: 'Send many messages, each with its own words, one after the other.',
        description:
          'The batch is kept before the answer goes out, and goes on by itself. A number that can’t be one fails alone; ' +
          'anything else that is wrong is refused with all problems, and nothing is sent.',
        body: wire.SendBulk,
        response: {
          201: wire.Accepted,
          ...failsWith(
            'VALIDATION_ERROR',
            'PROFILE_NOT_FOUND',
            'BATCH_EXISTS',
            'MEDIA_CONVERSION_UNAVAILABLE',
            ...mediaFailures,
          ),
        },
      },
    },
    async ({ actor, body, idempotency }, reply) =>
      reply.status(201).send(await service.send(actor, body, idempotency)),
  );
  app.get(
    '/bulk/batches',
    {
      config: { access: 'message:read' },
      schema: {
        tags,
        summary: 'Batches, newest first, without their results.',
        querystring: wire.BatchesQuery,
        response: { 200: Type.Array(wire.Batch), ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND') },
      },
    },
    async ({ actor, query }, reply) => {
      const slice = sliceOf(query);
      const batches = await service.list(actor, query.profileId, slice);
      return onePage(reply, slice, batches, ({ createdAt }) => createdAt);
    },
  );
  app.get(
    '/bulk/batch/:batchId',
    {
      config: { access: 'message:read' },
      schema: {
        tags,
        summary: 'One batch with its results.',
        params: wire.BatchParams,
        querystring: wire.BatchQuery,
        response: { 200: wire.BatchWithResults, ...failsWith('BATCH_NOT_FOUND') },
      },
    },
    async ({ actor, params, query }) => service.get(actor, params.batchId, query.profileId),
  );
  app.post(
    '/bulk/batch/:batchId/cancel',
    {
      config: { access: 'message:send' },
      schema: {
        tags,
        summary: 'Cancel a batch: after the answer not one further message leaves.',
        params: wire.BatchParams,
        querystring: wire.BatchQuery,
        response: { 200: wire.BatchWithResults, ...failsWith('BATCH_NOT_FOUND', 'BATCH_ENDED') },
      },
    },
    async ({ actor, params, query }) => service.cancel(actor, params.batchId, query.profileId),
  );
}
