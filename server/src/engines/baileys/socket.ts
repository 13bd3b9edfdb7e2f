import { type AuthenticationCreds, makeWASocket, type SocketConfig, type WASocket } from 'baileys';
import type { Log } from '../../platform/log.ts';
import { storeTokensAtOnce } from './amendments/contact-tokens.ts';
import { keepNoCopies } from './amendments/no-copies.ts';
import { allowRelayBeside } from './amendments/relay-beside.ts';
import { closeSoon } from './amendments/short-close.ts';
import { storeBeforeSending } from './amendments/store-before-sending.ts';
import { catchStrayFailures } from './amendments/stray-failures.ts';
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
  keepNoCopies(socket);
  catchStrayFailures(socket, options.onStray);
  closeSoon(socket);
  storeTokensAtOnce(socket, store);
  allowRelayBeside(socket);
  storeBeforeSending(socket, store);
  return socket;
}
