import { failsWith } from '../../../http/fails-with.ts';
import type { App } from '../../../platform/feature.ts';
import { type Media, mediaFailures, uploadMsMax } from '../../media/index.ts';
import { Status, StatusId } from '../statuses.schema.ts';
import type { Posting } from './posting.ts';
import { PostBody } from './posts.schema.ts';

const tags = ['Statuses'];

/** Posting status updates, and taking them back. */
export function postRoutes(
  app: App,
  posting: Posting,
  { bodyBytesMax: bodyLimit }: Pick<Media, 'bodyBytesMax'>,
): void {
  app.post(
    '/statuses',
    {
      bodyLimit,
      config: { access: 'message:send', idempotent: 'in-transaction', bodyMsMax: uploadMsMax },
      schema: {
        tags,
        summary: 'Post a status update (a story).',
        description:
          'It is kept before the answer goes out and posted as soon as the profile is connected, for a day at most. ' +
          '`status.posted` tells when WhatsApp has it, `status.failed` why it never will, `status.viewed` who has looked at it.',
        body: PostBody,
        response: {
          201: Status,
          ...failsWith(
            'VALIDATION_ERROR',
            'STATUS_WITHOUT_AUDIENCE',
            'PROFILE_NOT_FOUND',
            'MEDIA_CONVERSION_UNAVAILABLE',
            ...mediaFailures,
          ),
        },
      },
    },
    async ({ actor, body, idempotency }, reply) => {
      reply.status(201);
      return posting.post(actor, body, idempotency);
    },
  );

  app.delete(
    '/statuses/:id',
    {
      config: { access: 'message:send', idempotent: 'in-transaction' },
      schema: {
        tags,
        summary: 'Take a status update that was posted from here back from everybody.',
        description:
          'One that waits is cancelled; of one that is posted `status.revoked` tells when it is taken back.',
        params: StatusId,
        response: {
          200: Status,
          ...failsWith('STATUS_NOT_OURS', 'STATUS_NOT_FOUND', 'STATUS_REVOKED', 'STATUS_NOT_SENT'),
        },
      },
    },
    async ({ actor, params, idempotency }) => posting.takeBack(actor, params.id, idempotency),
  );
}
