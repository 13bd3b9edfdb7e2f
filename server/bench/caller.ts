import { Pool } from 'undici';

/** Calls an HTTP API with as little CPU of its own as can be, for it shares the cores with what is measured. */
export interface Caller {
  get(path: string): Promise<any>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<any>;
  close(): Promise<void>;
}

export function callerOf(url: string, credentials: Record<string, string> = {}): Caller {
  const pool = new Pool(url, { connections: 64 });
  async function call(method: 'GET' | 'POST', path: string, body?: unknown, more?: Record<string, string>) {
    const headers = {
      ...credentials,
      ...more,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    const answer = await pool.request({
      method,
      path,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300)
      throw new Error(`${method} ${path} answered ${answer.statusCode}: ${text.slice(0, 500)}`);
    return JSON.parse(text);
  }
  return {
    get: (path) => call('GET', path),
    post: (path, body, headers) => call('POST', path, body, headers),
    close: () => pool.close(),
  };
}
