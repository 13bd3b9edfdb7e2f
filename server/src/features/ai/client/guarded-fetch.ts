import { Failure } from '../../../platform/failures.ts';
import type { Outbound } from '../../../platform/outbound/outbound.ts';
import { OutboundFailed } from '../../../platform/outbound/outbound-failed.ts';
import { ProviderTrouble, quoted } from './trouble.ts';

/** An answer that goes on beyond it is not read. */
const bytesMax = 2 * 1_024 * 1_024;
const noBody = [101, 204, 205, 304];
const timeWords = /within|in time|timed out|stopped coming/;

/**
 * `fetch` for the library that speaks to the provider: through the guard of outgoing requests, without redirects, with a
 * ceiling, and until the deadline. Whatever is not 2xx ends with ProviderTrouble.
 */
export function guardedFetch(
  outbound: Pick<Outbound, 'request'>,
  { leftMs, secret }: { leftMs(): number; secret: string | null },
): typeof globalThis.fetch {
  return async (input, init = {}) => {
    const timeoutMs = Math.floor(leftMs());
    if (timeoutMs < 1) throw new ProviderTrouble('timeout');
    const headers = Object.fromEntries(new Headers(init.headers).entries());
    const answer = await outbound
      .request(String(input), {
        method: init.method === 'GET' ? 'GET' : 'POST',
        headers: { ...headers, 'user-agent': 'MultiWA', accept: 'application/json' },
        ...(typeof init.body === 'string' && { body: init.body }),
        ...{ timeoutMs, bytesMax },
      })
      .catch((error: unknown) => {
        throw troubleOf(error);
      });
    const { status, body, complete } = answer;
    if (status >= 200 && status < 300) {
      if (complete) return new Response(noBody.includes(status) ? null : body, { status });
      if (body.length >= bytesMax) throw new ProviderTrouble('too-large');
      throw new ProviderTrouble(leftMs() < 50 ? 'timeout' : 'unreadable');
    }
    const said = quoted(messageIn(body.toString('utf8')), [secret]);
    throw new ProviderTrouble(outcomeOf(status), {
      said,
      retryAfterMs: retryAfterOf(answer.headers['retry-after']),
    });
  };
}

function troubleOf(error: unknown): unknown {
  if (error instanceof Failure) return new ProviderTrouble('target');
  if (error instanceof OutboundFailed) {
    return new ProviderTrouble(timeWords.test(error.message) ? 'timeout' : 'connection', {
      said: error.message,
    });
  }
  return error;
}

function outcomeOf(status: number) {
  if (status === 401 || status === 403) return 'key';
  if (status === 404) return 'model';
  if (status === 429) return 'busy';
  if (status >= 500 || status === 408) return 'server';
  return status < 400 ? 'unreadable' : 'refused';
}

/** The message of an error object, or the text itself. */
function messageIn(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown } | string };
    const said = typeof error === 'string' ? error : error?.message;
    return typeof said === 'string' ? said : text;
  } catch {
    return text;
  }
}

function retryAfterOf(header: string | string[] | undefined): number | undefined {
  const seconds = Number([header].flat()[0]);
  return Number.isFinite(seconds) && seconds >= 0 && header !== undefined
    ? Math.min(seconds, 3_600) * 1_000
    : undefined;
}
