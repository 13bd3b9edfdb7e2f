import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import type { App } from '../../platform/feature.ts';
import * as wire from './hooks.schema.ts';
import type { createReceiver } from './receive.ts';

const bodyBytesMax = 1024 * 1024;
/** Of one address; each hook has a limit of its own besides. */
const perMinute = 600;
const params = Type.Object({
  token: Type.String({ description: 'The secret part of the address of the hook.', examples: ['kT1…'] }),
});
const AnyJson = Type.Unknown({ examples: [{ order: { number: 1042, status: 'on its way' } }] });

/** Where other programs post. In a scope of its own: only here any body is taken as it comes, for its signature. */
export function receiveRoutes(app: App, receive: ReturnType<typeof createReceiver>): void {
  app.register((scope, _options, done) => {
    // Beside the request, not as its body: nothing else shall look at a megabyte byte by byte.
    const bodies = new WeakMap<FastifyRequest, Buffer>();
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, parsed) => {
      bodies.set(request, body as Buffer);
      parsed(null, undefined);
    });
    receiveRoute(scope as unknown as App, receive, (request) => bodies.get(request) ?? Buffer.alloc(0));
    done();
  });
}

function receiveRoute(
  app: App,
  receive: ReturnType<typeof createReceiver>,
  rawOf: (request: FastifyRequest) => Buffer,
): void {
  app.post(
    '/in/:token',
    {
      bodyLimit: bodyBytesMax,
      config: { access: 'public', rateLimit: { max: perMinute, timeWindow: 60_000 } },
      schema: {
        tags: ['Hooks'],
        summary: 'The address of a hook: post to it what becomes a message.',
        description:
          'JSON or a form, up to 1 MB, as the sender likes. The same delivery (`Idempotency-Key`, `X-GitHub-Delivery`, ' +
          '`webhook-id` and their like), or the same body within a minute, makes no second message. What was taken in is ' +
          'answered 200, also when no message can be made of it: `status` says so.',
        params,
        body: { content: { 'application/json': { schema: AnyJson } } },
        response: {
          200: wire.Received,
          ...failsWith(
            'VALIDATION_ERROR',
            'MALFORMED_JSON',
            'HOOK_SIGNATURE_INVALID',
            'HOOK_NOT_FOUND',
            'IDEMPOTENCY_IN_PROGRESS',
            'BODY_TOO_LARGE',
            'UNSUPPORTED_MEDIA_TYPE',
            'RATE_LIMITED',
          ),
        },
      },
    },
    async (request: FastifyRequest) => {
      const { token } = request.params as { token: string };
      return receive({ token, headers: request.headers, raw: rawOf(request) });
    },
  );
}
