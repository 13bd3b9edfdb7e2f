import { Socket } from 'node:net';
import type { App } from '../platform/feature.ts';

/**
 * Answers 408 to a request of whose body nothing comes any more, or that takes too long to come whole, and closes its
 * connection. Node itself watches over headers; a held answer may take as long as it likes.
 */
export function refuseSilence(
  app: App,
  { silentMsMax, requestMsMax }: { silentMsMax: number; requestMsMax: number },
): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const { raw } = request;
    const { socket } = raw;
    const hasBody = raw.headers['content-length'] !== undefined || 'transfer-encoding' in raw.headers;
    if (!hasBody || raw.complete || !(socket instanceof Socket)) return done();
    const refuse = () => {
      const error = Object.assign(new Error('A request fell silent.'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
      app.server.emit('clientError', error, socket);
    };
    raw.setTimeout(silentMsMax, refuse);
    const late = setTimeout(refuse, request.routeOptions.config?.bodyMsMax ?? requestMsMax);
    raw.once('end', () => socket.setTimeout(0));
    for (const event of ['end', 'close']) raw.once(event, () => clearTimeout(late));
    done();
  });
}
