import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that a webhook receiver was sent. */
export interface Caught {
  path: string;
  headers: IncomingHttpHeaders;
  text: string;
  body: { id: string; event: string; sequence: number; profileId: string; data: Record<string, any> };
  /** When it was whole, by `performance.now()`. */
  atMs: number;
  /** The status that `answer` gave; nothing as long as it has given none. */
  answered?: number;
}

/** A webhook receiver on loopback whose answers a test decides. */
export interface Sink {
  readonly url: string;
  /** In the order they came. Whoever sent one may not have written down yet what it was answered. */
  readonly caught: Caught[];
  /** What the next requests are answered: a status, 200 unless said, or whatever it does with the response itself. */
  answer: (caught: Caught, response: ServerResponse) => unknown;
  /** The next request to come. */
  next(): Promise<Caught>;
  close(): Promise<void>;
}

export async function openSink(): Promise<Sink> {
  const caught: Caught[] = [];
  const waiting: ((one: Caught) => void)[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', async () => {
      const text = Buffer.concat(parts).toString('utf8');
      const one: Caught = {
        ...{ path: request.url ?? '', headers: request.headers, text, body: JSON.parse(text || '{}') },
        atMs: performance.now(),
      };
      caught.push(one);
      for (const resolve of waiting.splice(0)) resolve(one);
      const status = await sink.answer(one, response);
      if (typeof status !== 'number') return;
      one.answered = status;
      response.writeHead(status).end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sink: Sink = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    caught,
    answer: () => 200,
    next: () => new Promise((resolve) => waiting.push(resolve)),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return sink;
}
