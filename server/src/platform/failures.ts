/** What a client may be told went wrong: one closed catalogue, each row with its HTTP status and public sentence. */
export const failures = {
  VALIDATION_ERROR: { status: 400, says: 'The request is not valid.' },
  MALFORMED_JSON: { status: 400, says: 'The body is not valid JSON.' },
  INVALID_RECIPIENT: { status: 400, says: 'The recipient is not a phone number or chat id we understand.' },
  UNAUTHENTICATED: { status: 401, says: 'Sign in first: send a bearer token or an x-api-key header.' },
  INVALID_TOKEN: { status: 401, says: 'The access token is not valid or has expired.' },
  INVALID_API_KEY: { status: 401, says: 'Invalid API key' },
  API_KEY_EXPIRED: { status: 401, says: 'API key expired' },
  SESSION_REVOKED: { status: 401, says: 'Session expired or revoked' },
  INVALID_CREDENTIALS: { status: 401, says: 'Invalid credentials' },
  INVALID_REFRESH_TOKEN: { status: 401, says: 'Invalid refresh token' },
  REFRESH_TOKEN_REUSED: { status: 401, says: 'Refresh token reuse detected' },
  PERMISSION_DENIED: { status: 403, says: 'You are signed in, but lack the permission this needs.' },
  REGISTRATION_CLOSED: { status: 403, says: 'Registration is closed on this server.' },
  KEY_TOO_WIDE: { status: 403, says: 'A key cannot be given permissions its maker does not have.' },
  ROUTE_NOT_FOUND: { status: 404, says: 'There is nothing at this address.' },
  ACCOUNT_NOT_FOUND: { status: 404, says: 'Account not found' },
  API_KEY_NOT_FOUND: { status: 404, says: 'API key not found' },
  CONTACT_NOT_FOUND: { status: 404, says: 'Contact not found' },
  CONVERSATION_NOT_FOUND: { status: 404, says: 'Conversation not found' },
  MESSAGE_NOT_FOUND: { status: 404, says: 'Message not found' },
  PROFILE_NOT_FOUND: { status: 404, says: 'Profile not found' },
  QR_NOT_AVAILABLE: { status: 404, says: 'There is no QR code to show: connect the profile first.' },
  SESSION_NOT_FOUND: { status: 404, says: 'Session not found' },
  WEBHOOK_NOT_FOUND: { status: 404, says: 'Webhook not found' },
  WORKSPACE_NOT_FOUND: { status: 404, says: 'Workspace not found' },
  DELIVERY_NOT_FOUND: { status: 404, says: 'Delivery not found' },
  METHOD_NOT_ALLOWED: { status: 405, says: 'This address does not answer to that method.' },
  REQUEST_TIMEOUT: { status: 408, says: 'The request took too long to arrive.' },
  CURSOR_GONE: { status: 410, says: 'Events that old are no longer kept.' },
  EMAIL_TAKEN: { status: 409, says: 'Email already registered' },
  IDEMPOTENCY_IN_PROGRESS: {
    status: 409,
    says: 'The first request with this idempotency key is still running.',
  },
  PROFILE_NOT_CONNECTED: { status: 409, says: 'This profile is not connected.' },
  PROFILE_ALREADY_PAIRED: { status: 409, says: 'This profile is already paired with a phone.' },
  BODY_TOO_LARGE: { status: 413, says: 'The body is larger than this address accepts.' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, says: 'Send JSON with the content type application/json.' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, says: 'This idempotency key was used for a different request.' },
  REFUSED_BY_WHATSAPP: { status: 422, says: 'WhatsApp refused this.' },
  TARGET_NOT_ALLOWED: {
    status: 422,
    says: 'This address may not be reached from here. OUTBOUND_ALLOW lists the private targets that may.',
  },
  RATE_LIMITED: { status: 429, says: 'Too many requests: wait as long as Retry-After says.' },
  HEADERS_TOO_LARGE: { status: 431, says: 'The request headers are too large.' },
  INTERNAL_ERROR: { status: 500, says: 'Internal server error' },
  UNAVAILABLE: { status: 503, says: 'A part this needs is not available right now. Try again shortly.' },
  SHUTTING_DOWN: { status: 503, says: 'The server is shutting down. Try again shortly.' },
} as const satisfies Record<string, { status: number; says: string }>;

export type FailureCode = keyof typeof failures;

/** One thing wrong with a request: where (JSON pointer or field path) and what. */
export interface Problem {
  path: string;
  problem: string;
}

/**
 * A refusal a client will see. `says` replaces the catalogue's sentence where a more precise one helps;
 * private detail belongs in `cause`, which only the log shows.
 */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly details: readonly Problem[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: FailureCode,
    more: { says?: string; details?: readonly Problem[]; cause?: unknown; retryAfterSeconds?: number } = {},
  ) {
    super(more.says ?? failures[code].says, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'Failure';
    this.code = code;
    this.details = more.details;
    this.retryAfterSeconds = more.retryAfterSeconds;
  }

  get status(): number {
    return failures[this.code].status;
  }
}
