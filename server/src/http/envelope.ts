import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ResponseFormat } from '../platform/actor.ts';
import type { Clock } from '../platform/clock.ts';
import type { App } from '../platform/feature.ts';
import { nextCursorHeader } from './list.ts';

/**
 * Puts `{success, data, meta}` around JSON answers of success: the serialised text is wrapped, never parsed
 * again. Raw when the header `X-Response-Format`, else the API key, else the server says so. Streams, files
 * and everything that is not JSON pass untouched.
 */
export function wrapAnswers(app: App, { clock, fallback }: { clock: Clock; fallback: ResponseFormat }): void {
  app.addHook('onSend', (request, reply, payload, done) => {
    if (typeof payload !== 'string' || !isWrapped(request, reply) || formatOf(request, fallback) === 'raw') {
      return done(null, payload);
    }
    const { ignoredFields } = request;
    const ignored = ignoredFields ? `,"ignored":${JSON.stringify(ignoredFields)}` : '';
    const next = reply.getHeader(nextCursorHeader);
    const nextCursor = typeof next === 'string' ? `,"nextCursor":"${next}"` : '';
    const meta = `"meta":{"timestamp":"${clock.now().toISOString()}"${ignored}${nextCursor}}`;
    const beside = request.routeOptions.config.envelope === 'beside' ? `,${payload.slice(1)}` : '}';
    done(null, `{"success":true,"data":${payload},${meta}${beside}`);
  });
}

function isWrapped(request: FastifyRequest, reply: FastifyReply): boolean {
  if (reply.statusCode < 200 || reply.statusCode > 299) return false;
  if (request.routeOptions.config?.envelope === 'never') return false;
  const type = reply.getHeader('content-type');
  return typeof type === 'string' && type.startsWith('application/json');
}

function formatOf(request: FastifyRequest, fallback: ResponseFormat): ResponseFormat {
  const asked = request.headers['x-response-format'];
  if (asked === 'raw' || asked === 'envelope') return asked;
  return request.actor?.responseFormat ?? fallback;
}
