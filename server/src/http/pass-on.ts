import { type ClientRequest, type IncomingMessage, request as openRequest } from 'node:http';
import { Readable } from 'node:stream';
import Type from 'typebox';
import { Failure } from '../platform/failures.ts';
import type { App } from '../platform/feature.ts';
import { failsWith } from './fails-with.ts';

/** What of a request the other server has to know, and of its answer the client. Credentials are ours alone. */
const passedOn = ['accept', 'content-type', 'content-length', 'range', 'last-event-id'];
const passedBack = [
  'content-type',
  'content-length',
  'content-disposition',
  'content-range',
  'accept-ranges',
  'retry-after',
];
/** What the two servers say to each other only. */
const closed = /^(keep|docs)(\/|$)/;
/** A file of 64 MB in base64, and what surrounds it. */
const bodyBytesMax = 88 * 1024 * 1024;

/**
 * `/sandbox/api/*`: the sandbox network's own API for whoever may connect profiles, because a page may speak to this
 * server only. Nothing is changed on the way; there is none while the sandbox is off.
 */
export async function passOnSandbox(app: App, port: () => number | undefined): Promise<void> {
  const underWay = new Set<ClientRequest>();
  app.addHook('preClose', (done) => {
    for (const one of underWay) one.destroy();
    done();
  });
  await app.register((api, _options, ready) => {
    // The body goes on as it comes.
    api.removeAllContentTypeParsers();
    api.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    api.route({
      method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
      url: '/sandbox/api/*',
      bodyLimit: bodyBytesMax,
      config: { access: 'profile:connect', envelope: 'never' },
      schema: {
        hide: true,
        response: { 200: Type.Unknown(), 206: Type.Unknown(), ...failsWith('ROUTE_NOT_FOUND') },
      },
      async handler(request, reply) {
        const { '*': asked = '' } = request.params as { '*'?: string };
        const place = request.url.indexOf('/api/');
        const to = port();
        if (to === undefined || place < 0 || closed.test(asked)) throw new Failure('ROUTE_NOT_FOUND');
        const path = request.url.slice(place);
        const headers = pick(request.headers, passedOn);
        const body = request.body instanceof Readable ? request.body : undefined;
        const sent = openRequest({ host: '127.0.0.1', port: to, method: request.method, path, headers });
        underWay.add(sent);
        sent.on('close', () => underWay.delete(sent));
        reply.raw.on('close', () => sent.destroy());
        const answer = await answerTo(sent, body).catch((error: unknown) => {
          // Who has left meanwhile is told nothing, and it is no fault of the sandbox.
          if (reply.raw.destroyed) return undefined;
          throw error;
        });
        if (!answer) return reply.hijack();
        void reply.headers(pick(answer.headers, passedBack));
        // Whatever it is, it is no page of ours.
        void reply.header('content-security-policy', "default-src 'none'; sandbox");
        return reply.code((answer.statusCode ?? 502) as 200).send(answer);
      },
    });
    ready();
  });
}

function answerTo(sent: ClientRequest, body: Readable | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.once('response', resolve);
    sent.on('error', () => reject(new Failure('UNAVAILABLE', { says: 'The sandbox does not answer.' })));
    if (body) {
      body.once('error', () => sent.destroy());
      body.pipe(sent);
    } else sent.end();
  });
}

function pick(headers: IncomingMessage['headers'], names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name): [string, string][] => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}
