import type { Error as ErrorBody } from './generated/types.gen.ts';

/** What the server says is wrong with one place of a request. */
export interface Problem {
  path: string;
  problem: string;
}

/** Every failure of a call: the server's answer, or that there was none (`NO_ANSWER`). */
export class MultiWaError extends Error {
  override readonly name = 'MultiWaError';
  /** Of the catalogue at `/api/docs/errors`; `NO_ANSWER` and `NOT_UNDERSTOOD` are this client's own. */
  readonly code: string;
  /** Of the answer; 0 without one. */
  readonly status: number;
  /** Each problem of the request with its place. */
  readonly details: readonly Problem[];
  /** Names this request in the server's log. */
  readonly requestId: string | undefined;
  /** When it makes sense to try again. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    message: string,
    about: {
      code: string;
      status: number;
      details?: readonly Problem[] | undefined;
      requestId?: string | undefined;
      retryAfterSeconds?: number | undefined;
      cause?: unknown;
    },
  ) {
    super(message, { cause: about.cause });
    this.code = about.code;
    this.status = about.status;
    this.details = about.details ?? [];
    this.requestId = about.requestId;
    this.retryAfterSeconds = about.retryAfterSeconds;
  }
}

/** The error of a call, from whatever came instead of an answer. */
export function errorOf(thrown: unknown, response: Response | undefined): MultiWaError {
  if (thrown instanceof MultiWaError) return thrown;
  if (!response) {
    const message = thrown instanceof Error ? thrown.message : 'The server did not answer.';
    return new MultiWaError(message, { code: 'NO_ANSWER', status: 0, cause: thrown });
  }
  const { status, headers } = response;
  const retry = Number(headers.get('retry-after') ?? Number.NaN);
  const retryAfterSeconds = Number.isFinite(retry) ? retry : undefined;
  const requestId = headers.get('x-request-id') ?? undefined;
  const { error, message } = (
    typeof thrown === 'object' && thrown !== null ? thrown : {}
  ) as Partial<ErrorBody>;
  if (!error) {
    const about = { code: 'NOT_UNDERSTOOD', status, requestId, retryAfterSeconds, cause: thrown };
    return new MultiWaError(`The server answered ${status} in words this client does not understand.`, about);
  }
  const details = error.details as readonly Problem[] | undefined;
  return new MultiWaError(message ?? error.message, {
    ...{ code: error.code, status, details, requestId, retryAfterSeconds },
  });
}
