import { Failure } from '../../platform/failures.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import { OutboundFailed } from '../../platform/outbound/outbound-failed.ts';
import { bodySignature, standardSignatures } from './sign.ts';

/** One request to an endpoint. `body` is the same, byte for byte, at each attempt. */
export interface Envelope {
  url: string;
  headers: Record<string, string>;
  /** The current secret first, then during a rotation the previous one. */
  secrets: readonly [string, ...string[]];
  deliveryId: string;
  /** The `webhook-id`: the same at each attempt with the same events. */
  messageId: string;
  eventName: string;
  attempt: number;
  body: string;
  sentAt: Date;
  timeoutMs: number;
  /** The trace it belongs to. */
  traceparent?: string | undefined;
}
export interface Outcome {
  success: boolean;
  statusCode: number | null;
  /** A sentence, when it failed. */
  error: string | null;
  /** The beginning of the answer's body. */
  response: string | null;
  /** Of an answer that was no success: they say who refused. */
  answerHeaders: Record<string, string> | null;
  retryAfter: string | undefined;
  /** The endpoint answered 410: it is gone for good. */
  gone: boolean;
  durationMs: number;
}

const excerptCharsMax = 2_000;
const headersMax = 40;
const headerCharsMax = 300;

/** Posts once. Only 2xx is success; a redirect is a failure. It never throws. */
export async function attemptDelivery(outbound: Outbound, envelope: Envelope): Promise<Outcome> {
  const startedAt = performance.now();
  const durationMs = () => Math.round(performance.now() - startedAt);
  try {
    const answer = await outbound.request(envelope.url, {
      method: 'POST',
      headers: headersOf(envelope),
      body: envelope.body,
      timeoutMs: envelope.timeoutMs,
    });
    const success = answer.status >= 200 && answer.status < 300;
    return {
      success,
      statusCode: answer.status,
      error: success ? null : refusal(answer.status),
      response: excerpt(answer.body),
      answerHeaders: success ? null : excerptOf(answer.headers),
      retryAfter: answer.headers['retry-after'],
      gone: answer.status === 410,
      durationMs: durationMs(),
    };
  } catch (error) {
    const says =
      error instanceof Failure || error instanceof OutboundFailed ? error.message : 'The request failed.';
    const noAnswer = {
      statusCode: null,
      response: null,
      answerHeaders: null,
      retryAfter: undefined,
      gone: false,
    };
    return { success: false, error: says, ...noAnswer, durationMs: durationMs() };
  }
}

function headersOf(envelope: Envelope): Record<string, string> {
  const { secrets, body, messageId } = envelope;
  const timestamp = Math.floor(envelope.sentAt.getTime() / 1_000);
  return {
    'user-agent': 'MultiWA-Webhooks',
    ...Object.fromEntries(
      Object.entries(envelope.headers).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    'content-type': 'application/json',
    'x-multiwa-event': envelope.eventName,
    'x-multiwa-signature': bodySignature(secrets[0], body),
    'x-multiwa-delivery': envelope.deliveryId,
    'x-multiwa-attempt': String(envelope.attempt),
    ...(envelope.traceparent && { traceparent: envelope.traceparent }),
    'webhook-id': messageId,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': standardSignatures(secrets, messageId, timestamp, body),
  };
}

function refusal(status: number): string {
  if (status >= 300 && status < 400)
    return `The address redirected (HTTP ${status}); redirects are not followed.`;
  return `The address answered HTTP ${status}.`;
}

/** PostgreSQL can't store a NUL in text. */
function excerpt(body: Buffer): string | null {
  const text = body.subarray(0, excerptCharsMax).toString('utf8').replaceAll('\0', '');
  return text === '' ? null : text;
}

/** Without cookies, which are nobody's business, and without what PostgreSQL can't store. */
function excerptOf(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const named = Object.entries(headers).filter(
    ([name, value]) => value !== undefined && name !== 'set-cookie',
  );
  return Object.fromEntries(
    named
      .slice(0, headersMax)
      .map(([name, value]) => [name, String(value).slice(0, headerCharsMax).replaceAll('\0', '')]),
  );
}
