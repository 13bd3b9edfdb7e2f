import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startMailSink } from '../../server/test/kit/mail-sink.ts';

/** Where the letters of the server go, and where tests ask for them: `GET /?to=ana@example.org`. */
export interface PostOffice {
  /** Settings of a server that sends through it. */
  env: Record<string, string>;
  url: string;
  close(): Promise<void>;
}

/** Each answer is the next letter for the address that nobody has asked for yet; it is waited for. */
export async function openPostOffice(): Promise<PostOffice> {
  const sink = await startMailSink();
  const desk = createServer((request, response) => {
    const to = new URL(request.url ?? '/', 'http://desk').searchParams.get('to') ?? '';
    sink.letterFor(to).then(
      ({ raw }) => response.end(raw),
      (error: Error) => response.writeHead(504).end(error.message),
    );
  });
  desk.listen(0, '127.0.0.1');
  await once(desk, 'listening');
  return {
    env: sink.env,
    url: `http://127.0.0.1:${(desk.address() as AddressInfo).port}`,
    close: async () => {
      desk.close();
      desk.closeAllConnections();
      await sink.close();
    },
  };
}
