import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '../src/engines/baileys/amendments/silent-libsignal.ts';
import {
  type AuthenticationState,
  initAuthCreds,
  makeWASocket,
  type SignalDataTypeMap,
  type SignalKeyStore,
  useMultiFileAuthState,
  type WASocket,
} from 'baileys';

/** Plain Baileys, as others run it, to compare with: it connects, sends, hears, and keeps no promise beyond that. */
export interface Baseline {
  readonly name: string;
  /** Resolves at the server's acknowledgement. */
  send(digits: string, text: string): Promise<void>;
  /** Calls back with the text of every message that arrives. */
  onText(heard: (text: string) => void): void;
  close(): Promise<void>;
}

export interface BaselineOptions {
  /** Address of the network's socket. */
  url: string;
  /** Links the device: gets the text of a QR code. */
  scan(qr: string): Promise<void>;
}

interface State {
  auth: AuthenticationState;
  save(): Promise<void>;
  dispose(): Promise<void>;
}

/** Keys in memory: the fastest there is, and gone with the process. */
export const memoryBaseline = (options: BaselineOptions): Promise<Baseline> =>
  start('Baileys, keys in memory', options, async () => ({
    auth: { creds: initAuthCreds(), keys: memoryKeys() },
    save: async () => undefined,
    dispose: async () => undefined,
  }));

/** Keys in one file each, as Baileys' own example keeps them. */
export const fileBaseline = (options: BaselineOptions): Promise<Baseline> =>
  start('Baileys, keys in files', options, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mwa-baseline-'));
    const { state, saveCreds } = await useMultiFileAuthState(folder);
    return { auth: state, save: saveCreds, dispose: () => rm(folder, { recursive: true, force: true }) };
  });

function memoryKeys(): SignalKeyStore {
  const kept = new Map<string, unknown>();
  return {
    get<T extends keyof SignalDataTypeMap>(type: T, ids: string[]) {
      const found: { [id: string]: SignalDataTypeMap[T] } = {};
      for (const id of ids) {
        const value = kept.get(`${type}/${id}`);
        if (value !== undefined) found[id] = value as SignalDataTypeMap[T];
      }
      return found;
    },
    set(data) {
      for (const [type, entries] of Object.entries(data)) {
        for (const [id, value] of Object.entries(entries ?? {})) {
          if (value === null) kept.delete(`${type}/${id}`);
          else kept.set(`${type}/${id}`, value);
        }
      }
    },
  };
}

async function start(name: string, options: BaselineOptions, make: () => Promise<State>): Promise<Baseline> {
  const state = await make();
  const first = open(options, state);
  const qr = await next(first, (update) => update.qr);
  const paired = next(first, (update) => update.connection === 'close');
  await options.scan(qr);
  await paired;
  const socket = open(options, state);
  await next(socket, (update) => update.connection === 'open');
  return {
    name,
    send: (digits, text) => send(socket, digits, text),
    onText(heard) {
      socket.ev.on('messages.upsert', ({ messages }) => {
        for (const { message } of messages) {
          const text = message?.conversation ?? message?.extendedTextMessage?.text;
          if (text) heard(text);
        }
      });
    },
    async close() {
      await socket.end(undefined);
      await state.dispose();
    },
  };
}

function open({ url }: BaselineOptions, { auth, save }: State): WASocket {
  const socket = makeWASocket({
    waWebSocketUrl: url,
    auth,
    logger: quiet,
    markOnlineOnConnect: false,
    syncFullHistory: false,
    transactionOpts: { maxCommitRetries: 1, delayBetweenTriesMs: 0 },
  });
  socket.ev.on('creds.update', () => void save());
  return socket;
}

type Update = Parameters<Parameters<WASocket['ev']['on']>[1]>[0] & { qr?: string; connection?: string };

function next<T>(socket: WASocket, pick: (update: Update) => T | undefined | false): Promise<T> {
  return new Promise((resolve) => {
    socket.ev.on('connection.update', (update) => {
      const found = pick(update as Update);
      if (found) resolve(found);
    });
  });
}

async function send(socket: WASocket, digits: string, text: string): Promise<void> {
  const waiting = Promise.withResolvers<void>();
  let id: string | undefined;
  const heard = ({ attrs }: { attrs: Record<string, string> }) => {
    if (attrs.id === id) waiting.resolve();
  };
  socket.ws.on('CB:ack,class:message', heard);
  id = `3EB0${crypto.randomUUID().replaceAll('-', '').slice(0, 18).toUpperCase()}`;
  await socket.sendMessage(`${digits}@s.whatsapp.net`, { text }, { messageId: id });
  await waiting.promise;
  socket.ws.off('CB:ack,class:message', heard);
}

const nothing = () => undefined;
const quiet = {
  level: 'silent',
  child: () => quiet,
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
};
