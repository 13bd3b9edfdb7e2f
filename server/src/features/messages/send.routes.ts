import { failsWith } from '../../http/fails-with.ts';
import type { App } from '../../platform/feature.ts';
import { type Media, mediaFailures, uploadMsMax } from '../media/index.ts';
import type { Accept } from './accept.ts';
import { sendableKinds } from './kinds/kinds.ts';
import type { SendBody } from './kinds/send-body.ts';
import { SendAnswer } from './messages.schema.ts';
import { originOf } from './origin.ts';
import { PreferHeader, waitOf } from './prefer.ts';

/** `POST /messages/…`: a route for each kind of message that can be sent. */
export function sendRoutes(app: App, accept: Accept, media: Pick<Media, 'bodyBytesMax'>): void {
  for (const kind of sendableKinds) {
    const { path, summary, description, body, file } = kind.sending;
    app.post(
      `/messages/${path}`,
      {
        ...(file && { bodyLimit: media.bodyBytesMax }),
        config: {
          access: 'message:send',
          idempotent: 'in-transaction',
          ...(file && { bodyMsMax: uploadMsMax }),
        },
        schema: {
          tags: ['Messages'],
          summary,
          description,
          headers: PreferHeader,
          body,
          response: {
            201: SendAnswer,
            ...failsWith(
              'INVALID_RECIPIENT',
              'PROFILE_NOT_FOUND',
              'MESSAGE_NOT_FOUND',
              'SENDING_POLICY',
              ...(file ? mediaFailures : []),
              ...(file?.as === 'audio' ? (['MEDIA_CONVERSION_UNAVAILABLE'] as const) : []),
            ),
          },
        },
      },
      async (request, reply) => {
        reply.status(201);
        const waitSeconds = waitOf(request.headers.prefer);
        const how = { waitSeconds, claim: request.idempotency };
        const { actor } = request;
        const order = { kind, body: request.body as SendBody, origin: originOf(actor) };
        return accept.send(actor, order, how);
      },
    );
  }
}
