import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import type { App } from '../../platform/feature.ts';
import type { Accept } from './accept.ts';
import { sendableKinds } from './kinds/kinds.ts';
import type { SendBody } from './kinds/send-body.ts';
import { SendAnswer } from './messages.schema.ts';
import { originOf } from './origin.ts';

const PreferHeader = Type.Object({
  prefer: Type.Optional(
    Type.String({
      description: '`wait=N` holds the answer up to N seconds (at most 30) until WhatsApp has the message.',
    }),
  ),
});

/** `POST /messages/…`: a route for each kind of message that can be sent. */
export function sendRoutes(app: App, accept: Accept): void {
  for (const kind of sendableKinds) {
    const { path, summary, description, body } = kind.sending;
    app.post(
      `/messages/${path}`,
      {
        config: { access: 'message:send', idempotent: 'in-transaction' },
        schema: {
          tags: ['Messages'],
          summary,
          description,
          headers: PreferHeader,
          body,
          response: {
            201: SendAnswer,
            ...failsWith('INVALID_RECIPIENT', 'PROFILE_NOT_FOUND', 'MESSAGE_NOT_FOUND'),
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

const waitSecondsMax = 30;

/** Seconds of `Prefer: wait=N` (RFC 7240); 0 when it is absent or not understood, as the RFC asks. */
function waitOf(prefer: string | undefined): number {
  const seconds = Number(/(?:^|[,;\s])wait\s*=\s*"?(\d{1,6})"?/i.exec(prefer ?? '')?.[1] ?? 0);
  return Math.min(seconds, waitSecondsMax);
}
