import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import {
  type AuthenticationCreds,
  makeWASocket,
  S_WHATSAPP_NET,
  type SignalKeyStore,
  type SocketConfig,
  type WASocket,
} from 'baileys';
import type { Log } from '../../platform/log.ts';
import { baileysLog } from './baileys-log.ts';
import type { EngineKeyStore } from './key-store.ts';

export interface SocketOptions {
  url: string;
  creds: AuthenticationCreds;
  store: EngineKeyStore;
  log: Log;
  makeSignalRepository: SocketConfig['makeSignalRepository'];
  getMessage: SocketConfig['getMessage'];
  /** A handler of Baileys failed; unheard, it would end the process. */
  onStray(event: string, error: unknown): void;
}

/** Baileys' own ping, as often as WhatsApp Web sends it; who watches for silence asks sooner. */
const keepAliveMs = 30_000;

/** How long a closing handshake may take before the socket is cut. */
const closeMsMax = 500;

/** A socket of Baileys, set up so that it keeps nothing in memory, asks nobody outside and can't end the process. */
export function openSocket(options: SocketOptions): WASocket {
  const { creds, store, log } = options;
  const socket = makeWASocket({
    waWebSocketUrl: options.url,
    auth: { creds, keys: store },
    logger: baileysLog(log),
    keepAliveIntervalMs: keepAliveMs,
    markOnlineOnConnect: false,
    syncFullHistory: false,
    generateHighQualityLinkPreview: false,
    emitOwnEvents: false,
    transactionOpts: { maxCommitRetries: 1, delayBetweenTriesMs: 0 },
    // Baileys counts each message it sends again twice: receivers ask five times, so ten.
    maxMsgRetryCount: 10,
    // How long all that comes in waits after each message that is asked for; a backlog of them took minutes.
    retryRequestDelayMs: 20,
    makeSignalRepository: options.makeSignalRepository,
    getMessage: options.getMessage,
  });
  // What was sent is recalled from the database; a copy here would only be a second truth.
  if (socket.messageRetryManager) socket.messageRetryManager.addRecentMessage = () => undefined;
  catchStrays(socket, options.onStray);
  closeSoon(socket);
  storeTokensAtOnce(socket, store);
  holdUntilStored(socket, store);
  return socket;
}

/**
 * Baileys' handlers are asynchronous and nobody hears their failures: one frame that can't be decoded would be
 * an unhandled rejection, which ends the process. Its two emitters hear them from here on.
 */
function catchStrays({ ws, ev }: WASocket, onStray: (event: string, error: unknown) => void): void {
  hearFailures(ws, onStray);
  // Adding a listener answers the emitter behind the event buffer, which is not to be had otherwise.
  const events: unknown = ev.on('connection.update', () => undefined);
  if (events instanceof EventEmitter) hearFailures(events, onStray);
}

function hearFailures(emitter: EventEmitter, onStray: (event: string, error: unknown) => void): void {
  emitter.emit = (event: string | symbol, ...values: unknown[]) => {
    const handlers = emitter.rawListeners(event);
    for (const handler of handlers) {
      const outcome: unknown = Reflect.apply(handler, emitter, values);
      if (outcome instanceof Promise) outcome.catch((error: unknown) => onStray(String(event), error));
    }
    return handlers.length > 0;
  };
}

type Sent = (error?: Error) => void;

/** What is used of the WebSocket underneath. */
interface RawSocket {
  terminate(): void;
  send(bytes: Uint8Array, sent?: Sent): void;
  /** The TCP connection, once there is one. */
  _socket?: { bytesRead: number } | null;
}

/** The WebSocket underneath, which Baileys' type keeps private. */
function rawSocket({ ws }: WASocket): RawSocket | null {
  return (ws as unknown as { socket: RawSocket | null }).socket;
}

/** What has arrived so far, also of a frame that is not complete. */
export const bytesRead = (socket: WASocket): number => rawSocket(socket)?._socket?.bytesRead ?? 0;

/** Asks the server for a sign of life; resolves when the question has left. */
export function askForLife(socket: WASocket): Promise<void> {
  const attrs = { id: socket.generateMessageTag(), to: S_WHATSAPP_NET, type: 'get', xmlns: 'w:p' };
  return socket.sendNode({ tag: 'iq', attrs, content: [{ tag: 'ping', attrs: {} }] });
}

/** Cuts the connection without a word. */
export function cut(socket: WASocket): void {
  rawSocket(socket)?.terminate();
}

/** A mute server would leave a closing socket open for 30 s, and Baileys silent about it as long. */
function closeSoon(socket: WASocket): void {
  const { ws } = socket;
  const close = ws.close.bind(ws);
  ws.close = async () => {
    const raw = rawSocket(socket);
    const timer = setTimeout(() => raw?.terminate(), closeMsMax);
    await close();
    clearTimeout(timer);
  };
}

/** Marks what we send ourselves, so that Baileys' own key transactions are told apart from ours. */
const sendingOurs = new AsyncLocalStorage<true>();

/**
 * Relays one of our messages beside others. Baileys lets one message after the other through, each until its
 * bytes have left; our own repository keeps each session in order, and the outbox each chat.
 */
export function relayBeside(
  socket: WASocket,
  ...args: Parameters<WASocket['relayMessage']>
): Promise<string> {
  return sendingOurs.run(true, () => socket.relayMessage(...args)) as Promise<string>;
}

/**
 * Baileys stores a contact's token after the transaction it began in has committed, into a context nobody
 * commits any more: the token is lost and asked for again with every message. Written straight through it stays.
 */
function storeTokensAtOnce(socket: WASocket, store: SignalKeyStore): void {
  const { keys } = socket.authState;
  socket.authState.keys = {
    ...keys,
    async set(data) {
      const { tctoken, ...rest } = data;
      if (tctoken) await store.set({ tctoken });
      if (Object.keys(rest).length > 0) await keys.set(rest);
    },
    transaction: (work, key) => (sendingOurs.getStore() ? work() : keys.transaction(work, key)),
  };
}

/**
 * No frame leaves before the keys it may have been made with are stored, so no ratchet counter is ever used twice;
 * those that wait share a commit. The same for credentials: Baileys tells the network that a link is made in the
 * breath in which it announces them, and a crash must leave a link that both sides know, or none.
 */
function holdUntilStored(socket: WASocket, store: EngineKeyStore): void {
  const raw = rawSocket(socket);
  if (!raw) return;
  const send = raw.send.bind(raw);
  let held: Promise<void> | undefined;
  raw.send = (bytes, sent) => {
    const underWay = store.underWay();
    if (!held && !underWay) return send(bytes, sent);
    const mine = Promise.all([held, underWay]).then(
      () => send(bytes, sent),
      (error: unknown) => sent?.(error instanceof Error ? error : new Error(String(error))),
    );
    held = mine;
    void mine.finally(() => {
      if (held === mine) held = undefined;
    });
  };
}
