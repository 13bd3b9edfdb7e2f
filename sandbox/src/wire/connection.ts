import type { proto } from 'baileys';
import type { WebSocket } from 'ws';
import type { Pki } from '../pki.ts';
import type { Store } from '../store/sqlite.ts';
import { FrameReader, frame } from './frames.ts';
import { decodeIncoming } from './incoming.ts';
import { type BinaryNode, encodeNode } from './node.ts';
import { NoiseResponder, type Transport } from './noise.ts';

/** What a fault may do to a stanza on its way out. */
export interface Outgoing {
  drop?: boolean;
  corrupt?: boolean;
  twice?: boolean;
  /** Holds this stanza and everything after it. */
  delayMs?: number;
  /** Holds this stanza alone, so that later ones overtake it. */
  lateMs?: number;
}

/** What happens on a connection, told to whoever composes the network. */
export interface ConnectionEvents {
  /** False keeps the server silent after the client's hello. */
  mayGreet(): boolean;
  established(connection: Connection, payload: proto.ClientPayload): void;
  stanza(connection: Connection, stanza: BinaryNode): void;
  /** Looked at for every stanza before it leaves. */
  outgoing(connection: Connection, stanza: BinaryNode): Outgoing;
  closed(connection: Connection): void;
  /** The client sent what cannot be understood, or answering it failed; the socket is cut. */
  failed(connection: Connection, error: unknown): void;
}

interface Waiting {
  bytes: Buffer;
  dueAt: number;
  corrupt: boolean;
}

/** Time for the client to read the last stanza before the socket goes, as the real network leaves it. */
const PARTING_MS = 50;
/** Hello and login are a few hundred bytes; who is not known yet may not claim more than this. */
const HANDSHAKE_BYTES_MAX = 64 * 1024;
/** A client that has this much unread is not read either, until it has taken half of it. */
const UNREAD_BYTES_MAX = 4 * 1024 * 1024;

/** One client: WebSocket, handshake, ciphers, and the only way out (`send`). */
export class Connection {
  /** Set at login or pairing. */
  number = '';
  device = 0;
  /** True from `passive/active` on: stanzas are delivered live. */
  active = false;
  available = false;
  pushName = '';
  /** Host and port at which the client reached this network. */
  address = '';
  noisePublic: Buffer = Buffer.alloc(0);
  devicePairing: proto.ClientPayload.IDevicePairingRegistrationData | undefined;
  readonly #socket: WebSocket;
  readonly #store: Store;
  readonly #pki: Pki;
  readonly #events: ConnectionEvents;
  readonly #reader = new FrameReader();
  #noise: NoiseResponder | undefined;
  #transport: Transport | undefined;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  /** Frames that are not handled yet, because the client has not read its answers. */
  #arrived: Buffer[] = [];
  #flushing = false;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  /** What comes after nonsense is not looked at. */
  #failed = false;

  constructor(socket: WebSocket, store: Store, pki: Pki, events: ConnectionEvents) {
    this.#socket = socket;
    this.#store = store;
    this.#pki = pki;
    this.#events = events;
    socket.on('message', (data: Buffer) => this.#receive(data));
    socket.on('close', () => this.#ended());
    socket.on('error', () => socket.terminate());
  }

  get isOpen(): boolean {
    return !this.#closed;
  }

  /** Sends a stanza once this turn's writes are committed. `encoded` spares encoding it again. */
  send(stanza: BinaryNode, encoded?: Buffer): void {
    if (this.#closed) return;
    const outgoing = this.#events.outgoing(this, stanza);
    if (outgoing.drop) return;
    const bytes = encoded ?? encodeNode(stanza);
    if (outgoing.lateMs) setTimeout(() => this.#enqueue(bytes, outgoing), outgoing.lateMs).unref();
    else this.#enqueue(bytes, outgoing);
    if (outgoing.twice) this.#enqueue(bytes, outgoing);
  }

  /** Says goodbye: what was sent before still arrives, then the socket closes. */
  close(): void {
    this.active = false;
    this.#store.afterCommit(() => setTimeout(() => this.#socket.close(), PARTING_MS).unref());
  }

  /** Cuts the socket at once, as a lost network does. */
  terminate(): void {
    this.#socket.terminate();
  }

  #enqueue(bytes: Buffer, { corrupt = false, delayMs = 0 }: Outgoing): void {
    if (this.#closed) return;
    this.#waitingBytes += bytes.length;
    this.#waiting.push({ bytes, dueAt: Date.now() + delayMs, corrupt });
    if (this.#flushing) return;
    this.#flushing = true;
    this.#store.afterCommit(() => this.#flush());
  }

  #flush(): void {
    this.#flushing = false;
    if (this.#timer || !this.#transport) return;
    while (this.#waiting.length > 0 && !this.#closed) {
      const next = this.#waiting[0];
      if (!next) return;
      const waitMs = next.dueAt - Date.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => {
          this.#timer = undefined;
          this.#flush();
        }, waitMs);
        return;
      }
      this.#waiting.shift();
      this.#waitingBytes -= next.bytes.length;
      const sent = next.corrupt ? next.bytes.subarray(0, Math.ceil(next.bytes.length / 2)) : next.bytes;
      this.#write(this.#transport.encrypt(sent));
    }
  }

  #receive(data: Buffer): void {
    if (this.#failed) return;
    const bytesMax = this.#transport ? undefined : HANDSHAKE_BYTES_MAX;
    this.#orFail(() => {
      this.#arrived.push(...this.#reader.push(data, bytesMax));
      this.#work();
    });
  }

  /** Handles what has arrived, as long as the client takes the answers. */
  #work(): void {
    while (this.#arrived.length > 0 && this.#unreadBytes <= UNREAD_BYTES_MAX && !this.#closed) {
      const bytes = this.#arrived.shift();
      if (bytes) this.#frame(bytes);
    }
    if (this.#unreadBytes > UNREAD_BYTES_MAX) this.#socket.pause();
  }

  get #unreadBytes(): number {
    return this.#waitingBytes + this.#socket.bufferedAmount;
  }

  #write(bytes: Buffer): void {
    this.#socket.send(frame(bytes), () => this.#taken());
  }

  /** The client has taken some of what it was sent. */
  #taken(): void {
    if (this.#closed || this.#failed || this.#unreadBytes > UNREAD_BYTES_MAX / 2) return;
    this.#orFail(() => this.#work());
    if (this.#arrived.length === 0) this.#socket.resume();
  }

  #orFail(deed: () => void): void {
    try {
      deed();
    } catch (error) {
      this.#failed = true;
      this.#arrived = [];
      this.#events.failed(this, error);
      this.#socket.terminate();
    }
  }

  #frame(bytes: Buffer): void {
    if (this.#transport) {
      this.#events.stanza(this, decodeIncoming(this.#transport.decrypt(bytes)));
    } else if (this.#noise) {
      const { noisePublic, payload, transport } = this.#noise.finish(bytes);
      this.noisePublic = noisePublic;
      this.pushName = payload.pushName ?? '';
      this.#transport = transport;
      this.#events.established(this, payload);
    } else {
      this.#noise = new NoiseResponder(this.#pki, this.#reader.header ?? Buffer.alloc(0));
      const answer = this.#noise.hello(bytes);
      if (this.#events.mayGreet()) this.#write(Buffer.from(answer));
    }
  }

  #ended(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.active = false;
    clearTimeout(this.#timer);
    this.#waiting = [];
    this.#arrived = [];
    this.#events.closed(this);
  }
}
