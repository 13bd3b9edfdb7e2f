import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that a webhook receiver was sent. */
export interface Caught {
  headers: IncomingHttpHeaders;
  text: string;
  body: { id: string; event: string; sequence: number; profileId: string; data: Record<string, any> };
  answered: number;
}

/** A webhook receiver on loopback whose answers a test decides. */
export interface Sink {
  readonly url: string;
  readonly caught: Caught[];
  /** What the next requests are answered; 200 unless said. */
  answer: (caught: Omit<Caught, 'answered'>) => number | Promise<number>;
  close(): Promise<void>;
}

export async function openSink(port = 0): Promise<Sink> {
  const caught: Caught[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', async () => {
      const text = Buffer.concat(parts).toString('utf8');
      const one = { headers: request.headers, text, body: JSON.parse(text || '{}') };
      const answered = await sink.answer(one);
      caught.push({ ...one, answered });
      response.writeHead(answered).end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const sink: Sink = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    caught,
    answer: () => 200,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return sink;
}
