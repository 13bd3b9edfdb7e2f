import { connect } from '@multiwa/sdk';
import { client } from '../../session/index.ts';
import type { ApiRequest } from './request.ts';

/** So much of an answer is shown; a file may be any size. */
const shownCharsMax = 300_000;

export interface Answer {
  status: number;
  headers: Record<string, string>;
  /** As text; absent of files. */
  text: string | undefined;
  bytes: number;
  isCut: boolean;
  ms: number;
}

/**
 * Sends a request as whoever is signed in, or with a key, and answers what came, also what was refused. A stream is read until
 * it ends or `signal` says so.
 * @throws MultiWaError NO_ANSWER
 */
export async function run(
  { method, url, headers, body }: ApiRequest,
  { key, signal }: { key: string; signal: AbortSignal },
): Promise<Answer> {
  const caller = key === '' ? client : connect({ url: '', apiKey: key });
  const { fetch: send = globalThis.fetch } = caller.getConfig();
  let answer: Answer | undefined;
  await caller.request({
    method: method as 'GET',
    url,
    // The client asks for bare answers by itself; here it is said what is wanted.
    headers: { 'x-response-format': null, ...headers },
    ...(body !== undefined && { body, bodySerializer: null }),
    signal,
    throwOnError: true,
    fetch: async (request, init) => {
      const begunMs = performance.now();
      const response = await send(request, init);
      answer = await read(response, begunMs, signal);
      return new Response(null, { status: 204 });
    },
  });
  if (!answer) throw new Error('Nothing was sent.');
  return answer;
}

const isText = (type: string): boolean => /json|text|xml|javascript|urlencoded/.test(type) || type === '';

async function read(response: Response, begunMs: number, signal: AbortSignal): Promise<Answer> {
  const headers = Object.fromEntries(response.headers);
  const decoder = new TextDecoder();
  const isShown = isText(headers['content-type'] ?? '');
  let text = '';
  let bytes = 0;
  const reader = response.body?.getReader();
  try {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done || !value) break;
      bytes += value.length;
      if (isShown && text.length < shownCharsMax) text += decoder.decode(value, { stream: true });
    }
  } catch (error) {
    // Ended by whoever reads: what has come is shown.
    if (!signal.aborted) throw error;
  }
  return {
    status: response.status,
    headers,
    text: isShown ? text.slice(0, shownCharsMax) : undefined,
    bytes,
    isCut: text.length > shownCharsMax,
    ms: Math.round(performance.now() - begunMs),
  };
}
