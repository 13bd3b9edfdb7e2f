import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Authenticator } from '../../platform/actor.ts';
import type { OpenFeed } from '../../platform/events/feed.ts';
import type { PassingEvents } from '../../platform/events/passing.ts';
import type { EventLog } from '../../platform/events/reader.ts';
import { Failure } from '../../platform/failures.ts';
import { newId } from '../../platform/ids.ts';
import type { Log } from '../../platform/log.ts';
import { credentialsOf } from '../credentials.ts';
import { goodbyeMsMax } from '../cut.ts';
import { fromAllowedOrigin, originsOf } from '../origins.ts';
import { createRawClient, type RawClient } from './client.ts';
import { recheckRaw } from './recheck.ts';
import { readWord } from './words.ts';

interface RawDoorOptions {
  server: HttpServer;
  authenticator: Authenticator;
  openFeed: OpenFeed;
  events: Pick<EventLog, 'tail'>;
  passing: Pick<PassingEvents, 'tail'>;
  corsOrigins: string;
  log: Log;
}

/** As of Socket.IO: no request of ours is larger, and who was signed out outlives it by two seconds at most. */
const bytesInMax = 16_384;
const recheckMs = 1_000;
const pingEveryMs = 15_000;
const wordsPerSecondMax = 50;
const closing = { signedOut: 4401, tooFast: 4429, goingAway: 1001 } as const;

/**
 * The plain web socket at `/ws?apiKey=…`: `{type, payload}` in both directions. What it tells is what `GET /events` tells,
 * to those who may read it.
 */
export function createRawDoor(options: RawDoorOptions): { close(): Promise<void> } {
  const { server, authenticator, openFeed, log } = options;
  const origins = originsOf(options.corsOrigins);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: bytesInMax, clientTracking: true });
  const clients = new Set<RawClient>();
  const isHeard = new WeakSet<WebSocket>();

  function onUpgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    if (!/^\/ws\/?(\?|$)/.test(request.url ?? '')) return;
    if (fromAllowedOrigin(request, origins)) {
      sockets.handleUpgrade(request, stream, head, (socket) => welcome(socket, request));
    } else stream.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  }

  function welcome(socket: WebSocket, request: IncomingMessage): void {
    const auth = {};
    const query = Object.fromEntries(new URL(request.url ?? '/', 'http://ws').searchParams);
    const credentials = credentialsOf({ handshake: { auth, headers: request.headers, query } });
    isHeard.add(socket);
    socket.on('pong', () => isHeard.add(socket));
    socket.on('error', () => undefined);
    const entered = authenticator.authenticate(credentials).then(
      (actor) => {
        const failed = (error: unknown) => log.error({ err: error }, 'A web socket could not be served');
        const client = createRawClient({ id: newId(), socket, actor, credentials, openFeed, log: failed });
        clients.add(client);
        if (socket.readyState !== socket.OPEN) clients.delete(client);
        const timestamp = new Date().toISOString();
        client.send('ack', { message: 'connected', clientId: client.id, timestamp });
        return client;
      },
      (error: unknown) => {
        if (!(error instanceof Failure)) log.error({ err: error }, 'A web socket could not be authenticated');
        const { code, message } = error instanceof Failure ? error : new Failure('UNAVAILABLE');
        socket.send(JSON.stringify({ type: 'error', payload: { error: message, code } }));
        socket.close(closing.signedOut, code);
        setTimeout(() => socket.terminate(), goodbyeMsMax).unref();
        return undefined;
      },
    );
    listen(socket, entered);
  }

  /** Words are answered one after the other, those from before it was known who asks as well. */
  function listen(socket: WebSocket, entered: Promise<RawClient | undefined>): void {
    let turn = entered;
    let [second, words] = [0, 0];
    socket.on('message', (data, isBinary) => {
      const now = Math.floor(performance.now() / 1_000);
      [second, words] = now === second ? [second, words + 1] : [now, 1];
      if (words > wordsPerSecondMax) return socket.close(closing.tooFast, 'Too many words');
      const word = readWord(data, isBinary);
      turn = turn.then(async (client) => {
        if (word) await client?.hear(word);
        else client?.send('error', { error: 'That is no message of ours.', code: 'VALIDATION_ERROR' });
        return client;
      });
    });
    socket.on('close', () => void entered.then((client) => client && clients.delete(client)));
  }

  server.on('upgrade', onUpgrade);
  const stopTail = options.events.tail('web sockets', () => {
    for (const client of clients) client.wake();
  });
  const stopPassing = options.passing.tail(async (event) => {
    await Promise.all([...clients].map((client) => client.passing(event)));
  });
  let checking: Promise<void> | undefined;
  const sweep = setInterval(() => {
    checking ??= recheckRaw([...clients], {
      authenticator,
      openFeed,
      log,
      closeCode: closing.signedOut,
    }).finally(() => {
      checking = undefined;
    });
  }, recheckMs);
  const beat = setInterval(() => {
    for (const socket of sockets.clients) {
      if (isHeard.delete(socket)) socket.ping();
      else socket.terminate();
    }
  }, pingEveryMs);

  return {
    async close() {
      clearInterval(sweep);
      clearInterval(beat);
      server.off('upgrade', onUpgrade);
      stopPassing();
      await stopTail();
      await checking;
      for (const socket of sockets.clients) {
        socket.close(closing.goingAway);
        setTimeout(() => socket.terminate(), goodbyeMsMax).unref();
      }
    },
  };
}
