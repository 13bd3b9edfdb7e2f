import type { Agent } from 'node:https';
import {
  type AuthenticationCreds,
  type GroupMetadata,
  makeWASocket,
  type SocketConfig,
  type WASocket,
} from 'baileys';
import type { Log } from '../../platform/log.ts';
import { storeTokensAtOnce } from './amendments/contact-tokens.ts';
import { readNoLongHistory } from './amendments/history-beside.ts';
import { keepNoCopies } from './amendments/no-copies.ts';
import { allowRelayBeside } from './amendments/relay-beside.ts';
import { closeSoon } from './amendments/short-close.ts';
import { storeBeforeSending } from './amendments/store-before-sending.ts';
import { catchStrayFailures } from './amendments/stray-failures.ts';
import { baileysLog } from './baileys-log.ts';
import type { EngineKeyStore } from './key-store.ts';

export interface SocketOptions {
  url: string;
  /** Uploads go through it. */
  uploadAgent: Agent | undefined;
  creds: AuthenticationCreds;
  store: EngineKeyStore;
  /** Whether the phone is asked for its whole past when this device is linked. */
  wantsAll?: boolean;
  log: Log;
  makeSignalRepository: SocketConfig['makeSignalRepository'];
  getMessage: SocketConfig['getMessage'];
  /** Whom a message into a group is for; Baileys asks the network for each message otherwise. */
  groupOf(socket: WASocket, jid: string): Promise<GroupMetadata | undefined>;
  /** A handler of Baileys failed; unhandled, the rejection would end the process. */
  onStray(event: string, error: unknown): void;
}

/** Baileys' own ping is never needed: the silence watch pings sooner. */
const keepAliveMs = 3_600_000;

/** A socket of Baileys, set up so that it keeps no messages in memory, asks no other server and can't end the process. */
export function openSocket(options: SocketOptions): WASocket {
  const { creds, store, log } = options;
  const socket: WASocket = makeWASocket({
    waWebSocketUrl: options.url,
    auth: { creds, keys: store },
    ...(options.uploadAgent && { fetchAgent: options.uploadAgent }),
    logger: baileysLog(log),
    keepAliveIntervalMs: keepAliveMs,
    // The silence watch ends a connection that does not come up, or that no frame can leave. With a limit of its own Baileys
    // makes two stack traces and a timer for each frame.
    connectTimeoutMs: 0,
    markOnlineOnConnect: false,
    syncFullHistory: options.wantsAll === true,
    shouldSyncHistoryMessage: readNoLongHistory,
    generateHighQualityLinkPreview: false,
    emitOwnEvents: false,
    transactionOpts: { maxCommitRetries: 1, delayBetweenTriesMs: 0 },
    // Receivers ask up to five times for a message, and Baileys counts each time twice.
    maxMsgRetryCount: 10,
    // All incoming stanzas wait so long after each message we ask for again; with Baileys' default a backlog took minutes.
    retryRequestDelayMs: 20,
    makeSignalRepository: options.makeSignalRepository,
    getMessage: options.getMessage,
    cachedGroupMetadata: (jid) => options.groupOf(socket, jid),
  });
  keepNoCopies(socket);
  catchStrayFailures(socket, options.onStray);
  closeSoon(socket);
  storeTokensAtOnce(socket, store);
  allowRelayBeside(socket);
  storeBeforeSending(socket, store);
  return socket;
}
