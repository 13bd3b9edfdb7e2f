import type { FastifyRequest } from 'fastify';
import { Failure } from '../platform/failures.ts';
import type { App } from '../platform/feature.ts';
import { parseJsonText } from '../platform/json-text.ts';

const json = /^application\/([\w.-]+\+)?json($|;)/i;

/**
 * How bodies are read: JSON only, in UTF-8, never compressed. An empty one is `{}`, whatever its content
 * type says, because shipped clients name JSON on every call.
 */
export function readBodies(app: App): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(json, { parseAs: 'buffer' }, (request, body, done) => {
    try {
      assertReadable(request);
      done(null, body.length === 0 ? undefined : parseJsonText(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
  app.addContentTypeParser('*', (request, _payload, done) => {
    if (isEmpty(request)) done(null);
    else done(new Failure('UNSUPPORTED_MEDIA_TYPE'));
  });
  app.addHook('preValidation', (request, _reply, done) => {
    // PostgreSQL keeps no NUL, so none may arrive in the address either.
    if (request.url.includes('%00')) {
      const details = [{ path: '', problem: 'the address must not contain NUL characters' }];
      return done(new Failure('VALIDATION_ERROR', { details }));
    }
    if (request.body === undefined && request.routeOptions.schema?.body) request.body = {};
    done();
  });
}

function isEmpty(request: FastifyRequest): boolean {
  const { 'content-length': length, 'transfer-encoding': chunked } = request.headers;
  return chunked === undefined && (length === undefined || length === '0');
}

function assertReadable(request: FastifyRequest): void {
  const encoding = request.headers['content-encoding'];
  if (encoding && encoding !== 'identity') {
    throw new Failure('UNSUPPORTED_MEDIA_TYPE', { says: 'Send the body without a content encoding.' });
  }
  const charset = /;\s*charset="?([^";\s]+)/i.exec(request.headers['content-type'] ?? '')?.[1];
  if (charset && !['utf-8', 'utf8', 'us-ascii'].includes(charset.toLowerCase())) {
    throw new Failure('UNSUPPORTED_MEDIA_TYPE', { says: 'Send JSON in UTF-8.' });
  }
}
