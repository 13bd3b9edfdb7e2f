import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Failure } from '../platform/failures.ts';
import type { App, Feature } from '../platform/feature.ts';
import { stopListening } from './stop-listening.ts';

/** How the door ends without losing a request that somebody has sent already. */
export interface Drain {
  /** Accepts no connection any more; from now on every answer says that its connection closes after it. */
  begin(): Promise<void>;
  /** Resolves when every connection is gone: each after its answer, or after being quiet for a while. */
  settled(): Promise<void>;
}

interface Connection {
  /** Requests whose answer is not out yet. */
  underWay: number;
  /** When the last of its requests came. */
  askedAtMs: number;
  bytesRead: number;
  quietSinceMs: number;
}

/** Whoever sends more often than that hears `connection: close` in an answer; the others wait for none. */
const quietMsUsual = 1_000;
const lookEveryMs = 25;
/** An answer that takes longer is a held one or a stream: the listener closes without waiting for it. */
const answeredWithinMs = 500;
/** What is still under way then is cut, so that the rest of the server can end well within its time. */
const settleMsMax = 8_000;

/**
 * Adds the drain to the door. A request that arrives on a kept connection while it runs is served like any other:
 * whoever sent it could not know. When the door closes at last, what still comes gets 503.
 */
export function drainOnClose(
  app: App,
  { features, quietMs = quietMsUsual }: { features: readonly Feature[]; quietMs?: number | undefined },
): void {
  const connections = new Map<Socket, Connection>();
  let draining = false;
  let closing = false;
  watch(app, connections, () => draining);
  const begin = async () => {
    if (draining) return;
    if (app.server.listening) {
      await stopListening(app.server, connections.keys(), () => isAnswering(connections));
      // Nobody was read from, so nobody could say anything: all begin anew to be quiet.
      for (const connection of connections.values()) connection.quietSinceMs = performance.now();
    }
    draining = true;
    for (const feature of features) feature.drain?.();
  };
  const settled = async () => {
    const giveUpAtMs = performance.now() + settleMsMax;
    while (connections.size > 0 && performance.now() < giveUpAtMs) {
      closeQuiet(connections, quietMs);
      await pause(lookEveryMs);
    }
    for (const socket of connections.keys()) socket.destroy();
  };
  app.decorate('drain', { begin, settled });
  app.addHook('preClose', async () => {
    await begin();
    closing = true;
  });
  app.addHook('onRequest', (_request, _reply, done) => {
    done(closing ? new Failure('SHUTTING_DOWN', { retryAfterSeconds: 5 }) : undefined);
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (draining) reply.header('connection', 'close');
    done(null, payload);
  });
}

/** Keeps what every connection is doing, those of the socket server's long polling included. */
function watch(app: App, connections: Map<Socket, Connection>, isDraining: () => boolean): void {
  app.server.on('connection', (socket: Socket) => {
    connections.set(socket, { underWay: 0, askedAtMs: 0, bytesRead: 0, quietSinceMs: performance.now() });
    socket.once('close', () => connections.delete(socket));
  });
  app.server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const connection = connections.get(request.socket);
    if (!connection) return;
    connection.underWay++;
    connection.askedAtMs = performance.now();
    if (isDraining()) response.setHeader('connection', 'close');
    response.once('close', () => {
      connection.underWay--;
      connection.quietSinceMs = performance.now();
    });
  });
}

/** Whether somebody is about to be answered. */
function isAnswering(connections: Map<Socket, Connection>): boolean {
  const sinceMs = performance.now() - answeredWithinMs;
  return [...connections.values()].some(({ underWay, askedAtMs }) => underWay > 0 && askedAtMs > sinceMs);
}

/** Closes the connections on which nothing has come or gone for so long. */
function closeQuiet(connections: Map<Socket, Connection>, quietMs: number): void {
  const nowMs = performance.now();
  for (const [socket, connection] of connections) {
    if (socket.bytesRead !== connection.bytesRead) {
      connection.bytesRead = socket.bytesRead;
      // The beginning of a request counts; its answer sets the moment anew.
      if (quietMs > 0) continue;
    }
    if (connection.underWay === 0 && nowMs - connection.quietSinceMs >= quietMs) socket.destroySoon();
  }
}
