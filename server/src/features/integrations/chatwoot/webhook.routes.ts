import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { failsWith } from '../../../http/fails-with.ts';
import type { App } from '../../../platform/feature.ts';
import type { createChatwootWebhook } from './webhook.ts';

const bodyBytesMax = 1024 * 1024;
/** Of one address: all accounts of a Chatwoot come from there. */
const perMinute = 3_000;
const params = Type.Object({
  token: Type.String({ description: 'The secret part of the address.', examples: ['0199….kT1…'] }),
});
const example = {
  event: 'message_created',
  id: 42,
  content: 'Your bread is ready.',
  message_type: 'outgoing',
  private: false,
  inbox: { id: 3 },
  conversation: { id: 7 },
  account: { id: 1 },
};
const Received = Type.Object(
  {
    received: Type.Boolean(),
    taken: Type.Boolean({
      description: 'Whether something is to be done; not for notes and what came from here.',
    }),
  },
  { title: 'ChatwootReceived' },
);

/** Where Chatwoot posts. In a scope of its own: here the body is taken as it comes, for its signature. */
export function chatwootWebhookRoutes(app: App, receive: ReturnType<typeof createChatwootWebhook>): void {
  app.register((scope, _options, done) => {
    const bodies = new WeakMap<FastifyRequest, Buffer>();
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, parsed) => {
      bodies.set(request, body as Buffer);
      parsed(null, undefined);
    });
    (scope as unknown as App).post(
      '/integrations/chatwoot/:token',
      {
        bodyLimit: bodyBytesMax,
        config: { access: 'public', rateLimit: { max: perMinute, timeWindow: 60_000 } },
        schema: {
          tags: ['Integrations'],
          summary: 'The webhook URL of an inbox at Chatwoot: what agents write is sent from here.',
          description:
            'What is to be done is written down before the answer, so Chatwoot never waits for WhatsApp. The same message ' +
            'posted again is sent once.',
          params,
          body: { content: { 'application/json': { schema: Type.Unknown({ examples: [example] }) } } },
          response: {
            200: Received,
            ...failsWith(
              'VALIDATION_ERROR',
              'MALFORMED_JSON',
              'HOOK_SIGNATURE_INVALID',
              'INTEGRATION_NOT_FOUND',
              'BODY_TOO_LARGE',
              'RATE_LIMITED',
            ),
          },
        },
      },
      async (request: FastifyRequest) => {
        const { token } = request.params as { token: string };
        return receive({ token, headers: request.headers, raw: bodies.get(request) ?? Buffer.from('{}') });
      },
    );
    done();
  });
}
