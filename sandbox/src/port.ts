import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

/** First byte of a TLS record that opens a handshake. */
const TLS_HANDSHAKE = 0x16;
const FRAME_BYTES_MAX = 32 * 1024 * 1024;

/** What to do with a client that asks for a WebSocket. */
export type Upgrade = 'accept' | 'forbid' | 'answer' | 'ignore';

/** What a portal says that stands between a client and its network. */
const PAGE = '<!doctype html><title>Welcome</title><p>Sign in to use this network.</p>';

interface PortDeps {
  readonly http: HttpServer;
  readonly https: HttpServer;
  /** How long a connection may stay without its first byte. */
  readonly openingMsMax: number;
  readonly upgrade: () => Upgrade;
  /** `address` is the host and port that the client asked for. */
  readonly connected: (socket: WebSocket, address: string) => void;
}

/** One port for everything: the first byte of a connection tells TLS from plain, the request tells socket from API. */
export class Port {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: FRAME_BYTES_MAX,
  });
  readonly #deps: PortDeps;

  constructor(deps: PortDeps) {
    this.#deps = deps;
    this.#server = createServer((socket) => this.#sniff(socket));
    for (const server of [deps.http, deps.https]) {
      server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    }
  }

  /** Listens; gives the real port. Rejects when the port is taken. */
  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        const address = this.#server.address();
        resolve(typeof address === 'object' && address ? address.port : port);
      });
    });
  }

  /** Stops listening and cuts what is still open. */
  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #sniff(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
    const cut = (): void => {
      socket.destroy();
    };
    socket.setTimeout(this.#deps.openingMsMax, cut);
    socket.once('data', (first: Buffer) => {
      // From here on the server that takes the socket watches over it.
      socket.setTimeout(0, cut);
      socket.pause();
      socket.unshift(first);
      const server = first[0] === TLS_HANDSHAKE ? this.#deps.https : this.#deps.http;
      server.emit('connection', socket);
      process.nextTick(() => socket.resume());
    });
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const wish = this.#deps.upgrade();
    if (wish === 'ignore') return;
    if (wish === 'forbid') {
      socket.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n', () =>
        socket.destroy(),
      );
      return;
    }
    if (wish === 'answer') {
      socket.write(
        `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${Buffer.byteLength(PAGE)}\r\n\r\n${PAGE}`,
      );
      return;
    }
    const address = request.headers.host ?? '';
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) =>
      this.#deps.connected(webSocket, address),
    );
  }
}
