import { failsWith } from '../../http/fails-with.ts';
import { Success } from '../../http/schema.ts';
import type { App } from '../../platform/feature.ts';
import { type Media, mediaFailures, uploadMsMax } from '../media/index.ts';
import { acting, looking, params, reads, tags } from './groups.routes.ts';
import { ProfileQuery } from './groups.schema.ts';
import { Picture, PictureBody } from './pictures.schema.ts';
import type { Pictures } from './pictures.ts';

/** `/groups/:groupId/picture` */
export function pictureRoutes(
  app: App,
  pictures: Pictures,
  { bodyBytesMax: bodyLimit }: Pick<Media, 'bodyBytesMax'>,
): void {
  app.get(
    '/groups/:groupId/picture',
    {
      config: reads,
      schema: {
        tags,
        summary: 'Get the picture of a group.',
        description:
          'Kept here, and asked of WhatsApp when it has changed. This goes beyond the specification.',
        params,
        querystring: ProfileQuery,
        response: {
          200: Picture,
          ...failsWith(...looking, 'PROFILE_NOT_CONNECTED', 'RATE_LIMITED', 'UNAVAILABLE'),
        },
      },
    },
    async ({ actor, params: { groupId }, query }) => pictures.get(actor, query.profileId, groupId),
  );

  app.put(
    '/groups/:groupId/picture',
    {
      bodyLimit,
      config: { access: 'message:send', bodyMsMax: uploadMsMax },
      schema: {
        tags,
        summary: 'Set the picture of a group.',
        description: 'It becomes a square of 640 pixels. This goes beyond the specification.',
        params,
        body: PictureBody,
        response: { 200: Picture, ...failsWith(...acting, ...mediaFailures) },
      },
    },
    async ({ actor, params: { groupId }, body }) => pictures.set(actor, groupId, body),
  );

  app.delete(
    '/groups/:groupId/picture',
    {
      config: { access: 'message:send' },
      schema: {
        tags,
        summary: 'Take the picture of a group away.',
        description: 'This goes beyond the specification.',
        params,
        querystring: ProfileQuery,
        response: { 200: Success, ...failsWith(...acting) },
      },
    },
    async ({ actor, params: { groupId }, query }) => pictures.remove(actor, query.profileId, groupId),
  );
}
