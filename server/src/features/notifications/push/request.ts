import type { RequestOptions } from 'web-push';
import { Failure } from '../../../platform/failures.ts';
import type { Outbound } from '../../../platform/outbound/outbound.ts';
import { OutboundFailed } from '../../../platform/outbound/outbound-failed.ts';
import type { PushKeys } from './keys.store.ts';

export interface Push {
  endpoint: string;
  p256dh: string;
  auth: string;
  payload: string;
  urgency: string;
  topic?: string;
  ttlSeconds: number;
}
export interface PushOutcome {
  success: boolean;
  /** The push service says that the subscription is gone. */
  isGone: boolean;
  /** No use in trying again. */
  isFinal: boolean;
  status: number | null;
  retryAfter: string | undefined;
  /** A sentence, when it failed. */
  error: string | null;
  headers: Record<string, string>;
  body: string;
}

const timeoutMs = 15_000;
const answerCharactersMax = 500;
const headersShown = ['location', 'retry-after', 'content-type', 'link'];

/**
 * Encrypts for one browser (RFC 8291), signs for its push service (RFC 8292) and posts once, through the guard of outbound
 * requests. It never throws.
 */
export function createPushRequest(deps: {
  outbound: Outbound;
  keys: () => Promise<PushKeys>;
  /** Whom operators of push services may write to. */
  subject: string;
}): (push: Push) => Promise<PushOutcome> {
  return async (push) => {
    try {
      const { generateRequestDetails } = (await import('web-push')).default;
      const { endpoint, p256dh, auth, payload, urgency, topic, ttlSeconds } = push;
      const details = generateRequestDetails({ endpoint, keys: { p256dh, auth } }, payload, {
        vapidDetails: { subject: deps.subject, ...(await deps.keys()) },
        TTL: ttlSeconds,
        contentEncoding: 'aes128gcm',
        urgency: urgency as NonNullable<RequestOptions['urgency']>,
        ...(topic && { topic }),
      });
      const headers = Object.entries(details.headers).filter(([name]) => name !== 'Content-Length');
      const answer = await deps.outbound.request(endpoint, {
        method: 'POST',
        headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), String(value)])),
        body: details.body,
        timeoutMs,
      });
      return judged(answer.status, answer.headers, answer.body);
    } catch (error) {
      const isKnown = error instanceof Failure || error instanceof OutboundFailed;
      return {
        ...{ success: false, isGone: false, status: null, retryAfter: undefined, headers: {}, body: '' },
        isFinal: error instanceof Failure,
        error: isKnown ? error.message : 'The push could not be made.',
      };
    }
  };
}

function judged(status: number, headers: Record<string, unknown>, body: Buffer): PushOutcome {
  const success = status >= 200 && status < 300;
  const isGone = status === 404 || status === 410;
  const isLater = status === 429 || status >= 500;
  return {
    success,
    isGone,
    isFinal: !success && !isLater,
    status,
    retryAfter: typeof headers['retry-after'] === 'string' ? headers['retry-after'] : undefined,
    error: success
      ? null
      : isGone
        ? `The push service says that this subscription is gone (HTTP ${status}).`
        : `The push service answered HTTP ${status}.`,
    headers: Object.fromEntries(
      headersShown.flatMap((name) =>
        typeof headers[name] === 'string'
          ? [[name, String(headers[name]).slice(0, answerCharactersMax)]]
          : [],
      ),
    ),
    body: body.toString('utf8').replaceAll('\0', '').slice(0, answerCharactersMax),
  };
}
