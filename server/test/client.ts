import { Agent, request } from 'undici';

/** An answer of the API, with the envelope opened. */
export interface Answer<T = any> {
  status: number;
  headers: Headers;
  /** `data` of a success, the whole body of a failure. */
  data: T;
  body: any;
}

export interface Client {
  readonly url: string;
  /** The same server with other credentials. */
  as(credentials: Record<string, string>): Client;
  call<T = any>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<T>>;
  get<T = any>(path: string): Promise<T>;
  post<T = any>(path: string, body?: unknown, headers?: Record<string, string>): Promise<T>;
  put<T = any>(path: string, body?: unknown): Promise<T>;
  delete<T = any>(path: string, body?: unknown): Promise<T>;
}

const connections = new Agent();

/** The server is not there, or went away before it had answered. */
export class NoAnswer extends Error {
  override name = 'NoAnswer';
}

/**
 * One request and its whole answer, but of a stream only how it begins. `fetch` costs twice as much, and tests ask often.
 * @throws NoAnswer
 */
export async function ask(
  url: string,
  what: { method: string; headers?: Record<string, string>; body?: string },
): Promise<{ status: number; headers: Headers; text: string }> {
  try {
    const { statusCode, headers, body } = await request(url, { dispatcher: connections, ...what });
    const pairs = Object.entries(headers).flatMap(([name, value]) =>
      [value ?? []].flat().map((one): [string, string] => [name, one]),
    );
    const isEndless = String(headers['content-type']).startsWith('text/event-stream');
    if (isEndless) body.on('error', () => undefined).destroy();
    const text = isEndless ? 'a stream' : await body.text();
    return { status: statusCode, headers: new Headers(pairs), text };
  } catch (cause) {
    throw new NoAnswer(`${what.method} ${url} was not answered: ${String(cause)}`, { cause });
  }
}

/** A caller of the HTTP API over a real socket. The verbs throw on anything but 2xx; `call` answers it. */
export function apiClient(url: string, credentials: Record<string, string> = {}): Client {
  async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const answer = await ask(path.startsWith('/api/') ? `${url}${path}` : `${url}/api/v1${path}`, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...credentials,
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const { status, text } = answer;
    const isJson = answer.headers.get('content-type')?.includes('json') === true;
    const parsed = isJson ? JSON.parse(text) : text;
    const enveloped = isJson && status < 300 && parsed?.success === true && 'data' in parsed;
    return {
      status,
      headers: answer.headers,
      body: parsed,
      data: enveloped ? parsed.data : parsed,
    };
  }
  async function must<T>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<T> {
    const answer = await call(method, path, body, headers);
    if (answer.status >= 300) {
      throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    }
    return answer.data;
  }
  return {
    url,
    as: (other) => apiClient(url, other),
    call,
    get: (path) => must('GET', path),
    post: (path, body, headers) => must('POST', path, body, headers),
    put: (path, body) => must('PUT', path, body),
    delete: (path, body) => must('DELETE', path, body),
  };
}
