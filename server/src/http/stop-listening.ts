import type { Server as HttpServer } from 'node:http';
import { Server, type Socket } from 'node:net';
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';

/**
 * When all are answered and for so long nobody has connected, nobody is about to: on a busy machine a client may come to run
 * again only after a tenth of a second.
 */
const calmMs = 150;
/** Some answers are held for long; then the listener does not wait for them. */
const calmMsMax = 1_500;

/** The connection of the system below a socket, which Node keeps to itself. */
interface Handle {
  readStop?(): void;
  readStart?(): void;
}
const handleOf = (socket: Socket) => (socket as unknown as { _handle: Handle | null })._handle;

/**
 * Closes the listener without resetting a connection. The system makes connections before we accept them, and resets
 * what we have not accepted when the listener closes. So for a moment nobody is read from: whoever connects anew for
 * each request waits for an answer, and connects no more; then the listener closes, and all are read from again.
 */
export async function stopListening(
  server: HttpServer,
  connections: Iterable<Socket>,
  isAnswering: () => boolean,
): Promise<void> {
  const held = new Set<Socket>();
  let lastAtMs = performance.now();
  const hold = (socket: Socket) => {
    handleOf(socket)?.readStop?.();
    held.add(socket);
  };
  const arrived = (socket: Socket) => {
    lastAtMs = performance.now();
    hold(socket);
  };
  server.on('connection', arrived);
  for (const socket of connections) hold(socket);
  const giveUpAtMs = performance.now() + calmMsMax;
  while (performance.now() - lastAtMs < calmMs && performance.now() < giveUpAtMs) {
    await pause(1);
    // Whoever is answered now may connect anew for the next request.
    if (isAnswering()) lastAtMs = performance.now();
  }
  // Right behind a look at what has arrived.
  await turn();
  // Not the method of the HTTP server, which also cuts idle connections, whatever is on its way to them.
  Server.prototype.close.call(server);
  server.off('connection', arrived);
  for (const socket of held) if (!socket.destroyed) handleOf(socket)?.readStart?.();
}
