import type { proto } from 'baileys';
import type { WebSocket } from 'ws';
import type { Pki } from '../pki.ts';
import type { Store } from '../store/sqlite.ts';
import { FrameReader, frame } from './frames.ts';
import { decodeIncoming } from './incoming.ts';
import { Line } from './line.ts';
import { type BinaryNode, encodeNode } from './node.ts';
import { NoiseResponder, type Transport } from './noise.ts';
import { Unread } from './unread.ts';

/** What a fault may do to a stanza on its way out. */
export interface Outgoing {
  drop?: boolean;
  /** Leaves in place of the stanza. */
  instead?: BinaryNode;
  corrupt?: boolean;
  twice?: boolean;
  /** Holds this stanza and everything after it. */
  delayMs?: number;
  /** Holds this stanza alone, so that later ones overtake it. */
  lateMs?: number;
  /** Lets only so many bytes a second pass; 0: all. */
  bytesPerSecond?: number;
}

/** What happens on a connection, told to whoever composes the network. */
export interface ConnectionEvents {
  /** Who the server proves to be; undefined keeps it silent after the client's hello. */
  greeting(): Pki | undefined;
  /** How many bytes a second may arrive; 0: as many as there are. */
  incomingBytesPerSecond(connection: Connection): number;
  established(connection: Connection, payload: proto.ClientPayload): void;
  stanza(connection: Connection, stanza: BinaryNode): void;
  /** Looked at for every stanza before it leaves. */
  outgoing(connection: Connection, stanza: BinaryNode): Outgoing;
  closed(connection: Connection): void;
  /** The client sent what cannot be understood; the socket is cut. */
  unreadable(connection: Connection, error: unknown): void;
  /** Answering the client failed, or it takes nothing; the socket is cut. */
  failed(connection: Connection, error: unknown): void;
}

/** How long and how much a client may keep the network waiting. */
export interface ConnectionLimits {
  /** Time for hello and login, in milliseconds. */
  readonly handshakeMsMax: number;
  /** Bytes that may wait for a client that takes nothing, besides what one turn brings (its queue at login). */
  readonly waitingBytesMax: number;
}

interface Departure {
  readonly bytes: Buffer;
  readonly corrupt: boolean;
}

/** Time for the client to read the last stanza before the socket goes, as the real network leaves it. */
const PARTING_MS = 50;
/** Hello and login are a few hundred bytes; who is not known yet may not claim more than this. */
const HANDSHAKE_BYTES_MAX = 64 * 1024;

/** One client: WebSocket, handshake, ciphers, and the only way out (`send`). */
export class Connection {
  /** Set at login or pairing. */
  number = '';
  device = 0;
  /** True from `passive/active` on: the device is in use, and what is never queued reaches it. */
  active = false;
  /** True when what waited for the device has been sent: its mail is delivered live from then on. */
  caughtUp = false;
  available = false;
  pushName = '';
  /** Host and port at which the client reached this network. */
  address = '';
  noisePublic: Buffer = Buffer.alloc(0);
  devicePairing: proto.ClientPayload.IDevicePairingRegistrationData | undefined;
  readonly #socket: WebSocket;
  readonly #store: Store;
  readonly #events: ConnectionEvents;
  readonly #limits: ConnectionLimits;
  readonly #handshakeTimer: NodeJS.Timeout;
  readonly #reader = new FrameReader();
  #noise: NoiseResponder | undefined;
  #transport: Transport | undefined;
  readonly #departures = new Line<Departure>((departure) => this.#depart(departure));
  readonly #arrivals = new Line<Buffer>((data) => this.#receive(data));
  readonly #unread: Unread;
  /** Frames that are not handled yet, because the client has not read its answers. */
  #arrived: Buffer[] = [];
  #flushing = false;
  /** Nothing the server does to the socket reaches the client. */
  #isCutOff = false;
  #isLeaving = false;
  #closed = false;
  /** What comes after nonsense is not looked at. */
  #failed = false;

  constructor(socket: WebSocket, store: Store, events: ConnectionEvents, limits: ConnectionLimits) {
    this.#socket = socket;
    this.#store = store;
    this.#events = events;
    this.#limits = limits;
    this.#unread = new Unread(() => socket.bufferedAmount);
    this.#handshakeTimer = setTimeout(() => socket.terminate(), limits.handshakeMsMax).unref();
    socket.on('message', (data: Buffer) => this.#arrive(data));
    socket.on('close', () => this.#ended());
    socket.on('error', () => socket.terminate());
  }

  get isOpen(): boolean {
    return !this.#closed && !this.#isLeaving && !this.#failed;
  }

  /** Sends a stanza once this turn's writes are committed. `encoded` spares encoding it again. */
  send(stanza: BinaryNode, encoded?: Buffer): void {
    if (this.#closed || this.#failed) return;
    const outgoing = this.#events.outgoing(this, stanza);
    if (outgoing.drop) return;
    const bytes = outgoing.instead ? encodeNode(outgoing.instead) : (encoded ?? encodeNode(stanza));
    if (outgoing.lateMs) setTimeout(() => this.#enqueue(bytes, outgoing), outgoing.lateMs).unref();
    else this.#enqueue(bytes, outgoing);
    if (outgoing.twice) this.#enqueue(bytes, outgoing);
  }

  /** Resolves when the client has taken most of what it was sent, or is gone. */
  taken(): Promise<void> {
    return this.#closed ? Promise.resolve() : this.#unread.taken();
  }

  /** Says goodbye: what was sent before still arrives, then the socket closes. */
  close(): void {
    this.active = false;
    this.#isLeaving = true;
    if (this.#isCutOff) return;
    this.#store.afterCommit(() => setTimeout(() => this.#socket.close(), PARTING_MS).unref());
  }

  /** Lets nothing pass in one direction or in both, while the TCP connection stays, until `release`. */
  hold(direction?: 'in' | 'out'): void {
    if (direction !== 'in') {
      this.#isCutOff = true;
      this.#departures.hold();
    }
    if (direction !== 'out') {
      this.#arrivals.hold();
      this.#socket.pause();
    }
  }

  /** Ends `hold`: what waited passes, or the socket closes if it was to be closed meanwhile. */
  release(): void {
    this.#isCutOff = false;
    this.#arrivals.release();
    this.#resume();
    this.#store.afterCommit(() => this.#departures.release());
    if (this.#isLeaving) this.close();
  }

  /** Cuts the socket at once, as a lost network does. */
  terminate(): void {
    this.#socket.terminate();
  }

  #enqueue(bytes: Buffer, { corrupt = false, delayMs = 0, bytesPerSecond = 0 }: Outgoing): void {
    if (this.#closed || this.#failed || this.#isOverfull()) return;
    this.#unread.add(bytes.length);
    if (bytesPerSecond > 0)
      this.#departures.addSlowly({ bytes, corrupt }, (bytes.length * 1000) / bytesPerSecond);
    else this.#departures.add({ bytes, corrupt }, delayMs);
    if (this.#flushing) return;
    this.#flushing = true;
    this.#store.afterCommit(() => {
      this.#flushing = false;
      this.#unread.endTurn();
      this.#departures.flush();
    });
  }

  /** Cuts a client for which too much waits. Its messages stay in the queue; what waits here would stay in memory. */
  #isOverfull(): boolean {
    const waiting = this.#unread.over(this.#limits.waitingBytesMax);
    if (waiting === undefined) return false;
    this.#fail(() => this.#events.failed(this, new Error(`the client left ${waiting} bytes unread`)));
    return true;
  }

  #depart({ bytes, corrupt }: Departure): void {
    this.#unread.pass(bytes.length);
    if (!this.#transport || this.#closed) return;
    const sent = corrupt ? bytes.subarray(0, Math.ceil(bytes.length / 2)) : bytes;
    this.#write(this.#transport.encrypt(sent));
  }

  #arrive(data: Buffer): void {
    const bytesPerSecond = this.#events.incomingBytesPerSecond(this);
    if (bytesPerSecond === 0 && this.#arrivals.isIdle) {
      this.#receive(data);
      return;
    }
    // The client feels it: what it says next stays in its own buffers.
    this.#socket.pause();
    this.#arrivals.addSlowly(data, bytesPerSecond > 0 ? (data.length * 1000) / bytesPerSecond : 0);
    this.#arrivals.flush();
  }

  /** Reads on, unless the line is slow or held, or the client has not read its answers. */
  #resume(): void {
    if (this.#arrivals.isIdle && this.#arrived.length === 0) this.#socket.resume();
  }

  #receive(data: Buffer): void {
    if (this.#failed) return;
    const bytesMax = this.#transport ? undefined : HANDSHAKE_BYTES_MAX;
    const frames = this.#readable(() => this.#reader.push(data, bytesMax));
    if (!frames) return;
    this.#arrived.push(...frames);
    this.#orFail(() => this.#work());
  }

  /** Handles what has arrived, as long as the client takes the answers. */
  #work(): void {
    while (this.#arrived.length > 0 && !this.#unread.isTooMuch && !this.#closed) {
      const bytes = this.#arrived.shift();
      if (bytes) this.#frame(bytes);
    }
    if (this.#unread.isTooMuch) this.#socket.pause();
    else if (this.#socket.isPaused) this.#resume();
  }

  #write(bytes: Buffer): void {
    this.#socket.send(frame(bytes), () => this.#taken());
  }

  /** The client has taken some of what it was sent. */
  #taken(): void {
    if (this.#closed || this.#failed || !this.#unread.isMostlyTaken) return;
    this.#unread.wake();
    this.#orFail(() => this.#work());
    this.#resume();
  }

  #orFail(deed: () => void): void {
    try {
      deed();
    } catch (error) {
      this.#fail(() => this.#events.failed(this, error));
    }
  }

  /** What the bytes of the client mean; undefined when they mean nothing, and then it is cut. */
  #readable<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      this.#fail(() => this.#events.unreadable(this, error));
      return undefined;
    }
  }

  #fail(tell: () => void): void {
    this.#failed = true;
    this.active = false;
    this.#arrived = [];
    this.#departures.clear();
    this.#unread.clear();
    tell();
    this.#socket.terminate();
  }

  #frame(bytes: Buffer): void {
    const [transport, noise] = [this.#transport, this.#noise];
    if (transport) {
      const stanza = this.#readable(() => decodeIncoming(transport.decrypt(bytes)));
      if (stanza) this.#events.stanza(this, stanza);
    } else if (noise) {
      const finished = this.#readable(() => noise.finish(bytes));
      if (!finished) return;
      clearTimeout(this.#handshakeTimer);
      this.noisePublic = finished.noisePublic;
      this.pushName = finished.payload.pushName ?? '';
      this.#transport = finished.transport;
      this.#events.established(this, finished.payload);
    } else {
      const pki = this.#events.greeting();
      if (!pki) return;
      const responder = new NoiseResponder(pki, this.#reader.header ?? Buffer.alloc(0));
      const hello = this.#readable(() => responder.hello(bytes));
      if (!hello) return;
      this.#noise = responder;
      this.#write(Buffer.from(hello));
    }
  }

  #ended(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.active = false;
    clearTimeout(this.#handshakeTimer);
    this.#departures.clear();
    this.#arrivals.clear();
    this.#arrived = [];
    this.#unread.wake();
    this.#events.closed(this);
  }
}
