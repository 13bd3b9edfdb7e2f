import {
  type AuthenticationState,
  type GroupMetadata,
  initAuthCreds,
  makeWASocket,
  type SignalDataTypeMap,
  type SignalKeyStore,
  type WASocket,
} from 'baileys';

/** Plain Baileys, as others run it, to compare with: it connects, sends, hears, and keeps no promise beyond that. */
export interface Baseline {
  /** Resolves at the server's acknowledgement; a chat is a number or a group's address. */
  send(chat: string, text: string): Promise<void>;
  /** Calls back with the text of every message that arrives. */
  onText(heard: (text: string) => void): void;
}

export interface BaselineOptions {
  /** Address of the network's socket. */
  url: string;
  /** Links the device: gets the text of a QR code. */
  scan(qr: string): Promise<void>;
}

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

/** Keys in memory: the fastest there is, and gone with the process. */
export async function startBaseline(options: BaselineOptions): Promise<Baseline> {
  const auth = { creds: initAuthCreds(), keys: memoryKeys() };
  const first = open(options, auth);
  const qr = await next(first, (update) => update.qr);
  const paired = next(first, (update) => update.connection === 'close');
  await options.scan(qr);
  await paired;
  const socket = open(options, auth);
  await next(socket, (update) => update.connection === 'open');
  return {
    send: (chat, text) => send(socket, chat, text),
    onText(heard) {
      socket.ev.on('messages.upsert', ({ messages }) => {
        for (const { message } of messages) {
          const text = message?.conversation ?? message?.extendedTextMessage?.text;
          if (text) heard(text);
        }
      });
    },
  };
}

function open({ url }: BaselineOptions, auth: AuthenticationState): WASocket {
  const groups = new Map<string, GroupMetadata>();
  const socket: WASocket = makeWASocket({
    waWebSocketUrl: url,
    auth,
    logger: quiet,
    markOnlineOnConnect: false,
    syncFullHistory: false,
    // Without it, each message to a group would ask the network for the group first.
    async cachedGroupMetadata(group) {
      const known = groups.get(group) ?? (await socket.groupMetadata(group));
      groups.set(group, known);
      return known;
    },
    transactionOpts: { maxCommitRetries: 1, delayBetweenTriesMs: 0 },
  });
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

async function send(socket: WASocket, chat: string, text: string): Promise<void> {
  const waiting = Promise.withResolvers<void>();
  let id: string | undefined;
  const heard = ({ attrs }: { attrs: Record<string, string> }) => {
    if (attrs.id === id) waiting.resolve();
  };
  socket.ws.on('CB:ack,class:message', heard);
  id = `3EB0${crypto.randomUUID().replaceAll('-', '').slice(0, 18).toUpperCase()}`;
  const jid = chat.includes('@') ? chat : `${chat}@s.whatsapp.net`;
  await socket.sendMessage(jid, { text }, { messageId: id });
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
