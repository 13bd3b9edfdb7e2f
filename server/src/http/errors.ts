import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { exhaustedOf, isDatabaseAway } from '../platform/db/trouble.ts';
import { Failure, type FailureCode, failures } from '../platform/failures.ts';
import type { Log } from '../platform/log.ts';
import { Replayed, replay } from './idempotency.ts';
import { missingCode } from './path-id.ts';
import { problemsOf } from './validation.ts';

/** Codes the door answers on any route; a route's own are declared through `failsWith`. */
export const doorCodes: readonly FailureCode[] = [
  'VALIDATION_ERROR',
  'MALFORMED_JSON',
  'UNAUTHENTICATED',
  'INVALID_TOKEN',
  'INVALID_API_KEY',
  'API_KEY_EXPIRED',
  'SESSION_REVOKED',
  'PERMISSION_DENIED',
  'ROUTE_NOT_FOUND',
  'METHOD_NOT_ALLOWED',
  'REQUEST_TIMEOUT',
  'IDEMPOTENCY_IN_PROGRESS',
  'IDEMPOTENCY_KEY_REUSED',
  'BODY_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'RATE_LIMITED',
  'HEADERS_TOO_LARGE',
  'INTERNAL_ERROR',
  'UNAVAILABLE',
  'SHUTTING_DOWN',
];

const fastifyCodes: Record<string, FailureCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'MALFORMED_JSON',
  FST_ERR_BAD_URL: 'ROUTE_NOT_FOUND',
  FST_ERR_MAX_PARAM_LENGTH: 'ROUTE_NOT_FOUND',
};

/** Where a code is explained. */
export function docsOf(code: FailureCode): string {
  return `/api/docs/errors#${code}`;
}

/** The one error body. */
export function errorBody(failure: Failure, requestId: string): string {
  const { code, message, details } = failure;
  return JSON.stringify({
    success: false,
    statusCode: failure.status,
    message,
    error: { code, message, ...(details && { details }), docs: docsOf(code) },
    requestId,
  });
}

/** Answers whatever was thrown; only Failures speak for themselves, the rest is told to the log alone. */
export function errorHandler({ log, strict }: { log: Log; strict: boolean }) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    if (error instanceof Replayed) return void replay(error, reply);
    let failure = toFailure(error, request);
    if (isUndeclared(failure.code, request)) {
      const route = `${request.method} ${request.routeOptions.url}`;
      log.error({ requestId: request.id, err: error }, `${route} answers ${failure.code} undeclared`);
      if (strict) failure = new Failure('INTERNAL_ERROR', { says: `${route} must declare ${failure.code}.` });
    }
    if (failure.status >= 500 && failure.code !== 'SHUTTING_DOWN') {
      log.error({ requestId: request.id, route: request.routeOptions.url, err: error }, failure.message);
    }
    sendFailure(failure, request, reply);
  };
}

export function sendFailure(failure: Failure, request: FastifyRequest, reply: FastifyReply): void {
  reply.code(failure.status).header('content-type', 'application/json; charset=utf-8');
  if (failure.retryAfterSeconds !== undefined) {
    reply.header('retry-after', String(Math.max(1, Math.ceil(failure.retryAfterSeconds))));
  }
  if (failure.status === 401) reply.header('www-authenticate', 'Bearer');
  reply.send(errorBody(failure, request.id));
}

function isUndeclared(code: FailureCode, request: FastifyRequest): boolean {
  const declared = request.routeOptions.config?.failures;
  return declared !== undefined && !doorCodes.includes(code) && !declared.includes(code);
}

function toFailure(error: unknown, request: FastifyRequest): Failure {
  if (error instanceof Failure) return error;
  if (!(error instanceof Error)) return new Failure('INTERNAL_ERROR', { cause: error });
  const { validation, validationContext, code, statusCode } = error as FastifyError;
  if (validation) {
    const details = problemsOf(validation);
    const malformed = validation.map(({ instancePath }) => instancePath.slice(1));
    const missing =
      validationContext === 'params'
        ? missingCode(request.routeOptions.schema?.params, malformed)
        : undefined;
    return missing ? new Failure(missing) : new Failure('VALIDATION_ERROR', { details });
  }
  const known = fastifyCodes[code];
  if (known) return new Failure(known, { cause: error });
  const says = exhaustedOf(error);
  if (says) return new Failure('UNAVAILABLE', { says, cause: error, retryAfterSeconds: 10 });
  if (isDatabaseAway(error)) return databaseAway(error, request);
  if (statusCode === 400) return new Failure('VALIDATION_ERROR', { cause: error });
  return new Failure('INTERNAL_ERROR', { cause: error });
}

/** What is known of a change whose database went away, in words for whoever asked for it. */
function databaseAway(cause: Error, request: FastifyRequest): Failure {
  const isChange = !['GET', 'HEAD', 'OPTIONS'].includes(request.method);
  // Whoever was not recognised yet has set nothing in motion.
  const hasBegun = request.actor !== null || request.routeOptions.config.access === 'public';
  const says = !isChange
    ? undefined
    : !hasBegun
      ? 'The database does not answer. Nothing was changed; try again shortly.'
      : request.idempotency
        ? 'The database does not answer. Send this again with the same Idempotency-Key: it is done once, and you hear how it ended.'
        : 'The database does not answer, and whether this was done is not known: look before you send it again.';
  return new Failure('UNAVAILABLE', { ...(says && { says }), cause, retryAfterSeconds: 1 });
}

/** Answers an address that can't be decoded, like any unknown one; hooks don't run for it. */
export function answerUnreadableAddress(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-request-id', request.id);
  sendFailure(new Failure('ROUTE_NOT_FOUND', { cause: error }), request, reply);
}

const httpCodes: Record<string, FailureCode> = {
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
};

/** Answers what is not HTTP, or too slow or too large to become a request, and closes the connection. */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const code = httpCodes[error.code ?? ''] ?? 'VALIDATION_ERROR';
  const failure =
    code === 'VALIDATION_ERROR'
      ? new Failure(code, { says: 'This is not a valid HTTP request.' })
      : new Failure(code);
  const body = errorBody(failure, '');
  const head = [
    `HTTP/1.1 ${failure.status} ${failures[code].says.replaceAll(/[^\w .]/g, '')}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
