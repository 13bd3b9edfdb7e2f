import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AnyMessageContent,
  type AuthenticationCreds,
  type BaileysEventMap,
  initAuthCreds,
  makeWASocket,
  type proto,
  type UserFacingSocketConfig,
  type WAMessageKey,
  WAMessageStubType,
  type WASocket,
} from 'baileys';
import { vi } from 'vitest';
import { type Sandbox, type SandboxSettings, startSandbox } from '../src/index.ts';
import { MemoryKeys } from './memory-keys.ts';
import { soundRepository } from './sound-repository.ts';

const WAIT_MS_MAX = 20_000;
const POLL_MS = 10;

/** Asks again and again until the answer is not undefined or false; fails with `what` after twenty seconds. */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  waitMsMax = WAIT_MS_MAX,
): Promise<NonNullable<T>> {
  const end = Date.now() + waitMsMax;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer as NonNullable<T>;
    if (Date.now() > end) throw new Error(`did not happen in ${waitMsMax} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Does something as it would be done so many milliseconds from now, for what is only about the clock. */
export async function later<T>(ms: number, deed: () => Promise<T>): Promise<T> {
  const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + ms);
  try {
    return await deed();
  } finally {
    clock.mockRestore();
  }
}

/** A folder that is gone after the test. */
export function temporaryFolder(): { path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), 'sandbox-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export interface Answer<T> {
  status: number;
  body: T;
}

/** A sandbox on a free port in a folder of its own, with a client for its HTTP API. */
export class TestSandbox {
  sandbox: Sandbox;
  readonly folder = temporaryFolder();
  readonly problems: string[] = [];
  readonly #clients: Client[] = [];
  readonly #settings: Partial<SandboxSettings>;

  private constructor(sandbox: Sandbox, settings: Partial<SandboxSettings>) {
    this.sandbox = sandbox;
    this.#settings = settings;
  }

  static async start(settings: Partial<SandboxSettings> = {}): Promise<TestSandbox> {
    const kit = new TestSandbox(undefined as unknown as Sandbox, settings);
    await kit.open(0);
    return kit;
  }

  /** The same for a network that runs somewhere else; closing ends its clients only. */
  static at(url: string): TestSandbox {
    const port = Number(new URL(url).port);
    const elsewhere = { url, port, dataDir: '', close: async () => undefined };
    return new TestSandbox(elsewhere as unknown as Sandbox, {});
  }

  get url(): string {
    return this.sandbox.url;
  }

  get webSocketUrl(): string {
    return `${this.url.replace('http', 'ws')}/ws/chat`;
  }

  /** Closes and starts again on the same folder and port, with other settings if any are given. */
  async restart(settings: Partial<SandboxSettings> = {}): Promise<void> {
    const { port } = this.sandbox;
    await this.sandbox.close();
    await this.open(port, settings);
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.end()));
    await this.sandbox.close();
    this.folder[Symbol.dispose]();
  }

  async ask<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    const send = (): Promise<Response> =>
      fetch(`${this.url}${path}`, {
        method,
        ...(body !== undefined && {
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        }),
      });
    // A kept connection may be closed just as it is used again; what only reads may be asked twice.
    const response = await (method === 'GET' ? send().catch(send) : send());
    return { status: response.status, body: (await response.json()) as T };
  }

  get<T = Record<string, unknown>>(path: string): Promise<Answer<T>> {
    return this.ask<T>('GET', path);
  }

  post<T = Record<string, unknown>>(path: string, body: unknown): Promise<Answer<T>> {
    return this.ask<T>('POST', path, body);
  }

  /** What a person sees, optionally in one chat. */
  async seen(number: string, chat?: string): Promise<SeenMessage[]> {
    return (await this.get<SeenMessage[]>(`/api/phones/${number}/messages${chat ? `?chat=${chat}` : ''}`))
      .body;
  }

  async ledger(query: string): Promise<LedgerLine[]> {
    return (await this.get<{ entries: LedgerLine[] }>(`/api/ledger?limit=5000&${query}`)).body.entries;
  }

  /** A Baileys client with its own credentials, not connected yet. */
  client(config: ClientConfig = {}): Client {
    const client = new Client(this, config);
    this.#clients.push(client);
    return client;
  }

  /** A client that is linked to this number, logged in and through its first sync. */
  async linked(number: string, config: ClientConfig = {}): Promise<Client> {
    const client = this.client(config);
    await client.pair(number);
    return client;
  }

  async open(port: number, settings: Partial<SandboxSettings> = {}): Promise<void> {
    const log = (line: string, error?: unknown): void => {
      this.problems.push(`${line}: ${String(error)}`);
    };
    this.sandbox = await startSandbox({
      ...this.#settings,
      ...settings,
      ...{ port, dataDir: this.folder.path, log },
    });
  }
}

interface SeenMessage {
  seq: number;
  id: string;
  chat: string;
  from: string;
  fromMe: boolean;
  type: string;
  text: string;
  status: string;
}

export interface LedgerLine {
  seq: number;
  time: number;
  kind: string;
  direction: string;
  number: string;
  device: number;
  tag: string;
  messageId: string;
  type: string;
  from: string;
  to: string;
  enc: string;
  flags: string;
  text: string;
}

/** What a client is made with; `sound` ones lose no step of a session (Baileys of itself does). */
export type ClientConfig = Partial<UserFacingSocketConfig> & { sound?: boolean };

type Message = BaileysEventMap['messages.upsert']['messages'][number];

/** One Baileys client: credentials that outlive its sockets, and everything it has said so far. */
export class Client {
  readonly creds: AuthenticationCreds = initAuthCreds();
  readonly keys = new MemoryKeys();
  readonly received: Message[] = [];
  /**
   * What each message said when it came. `halfRead` ones came with a key the client could not read, so that it asks
   * for a message again whose text it has.
   */
  readonly heardTexts: { id: string; text: string; fromMe: boolean; halfRead: boolean }[] = [];
  /** Ids of messages that the phone gave again, because this client asks its phone when the sender takes seconds. */
  readonly resentByPhone: string[] = [];
  readonly upsertTypes: string[] = [];
  readonly statuses: { id: string; status: number; stub: unknown }[] = [];
  readonly acks: { id: string; error?: string }[] = [];
  readonly lines: { level: number; msg: string; error?: string | undefined }[] = [];
  readonly closes: { code: number | undefined; message: string }[] = [];
  readonly sent = new Map<string, proto.IMessage>();
  readonly events: { name: string; data: unknown }[] = [];
  qr: string | undefined;
  opens = 0;
  socket: WASocket | undefined;
  readonly #kit: TestSandbox;
  readonly #config: Partial<UserFacingSocketConfig>;

  constructor(kit: TestSandbox, { sound, ...config }: ClientConfig) {
    this.#kit = kit;
    this.#config = { ...(sound && { makeSignalRepository: soundRepository(this.keys) }), ...config };
  }

  /** `PN:device@s.whatsapp.net` once linked. */
  get id(): string {
    return this.creds.me?.id ?? '';
  }

  get live(): WASocket {
    if (!this.socket) throw new Error('not connected');
    return this.socket;
  }

  /** Opens a socket with these credentials. */
  connect(config: Partial<UserFacingSocketConfig> = {}): WASocket {
    const { creds, keys } = this;
    const socket = makeWASocket({
      auth: { creds, keys },
      waWebSocketUrl: this.#kit.webSocketUrl,
      logger: this.#logger() as never,
      browser: ['Sandbox', 'Chrome', '1.0'],
      getMessage: async (key) => this.sent.get(key.id ?? ''),
      ...this.#config,
      ...config,
    });
    this.socket = socket;
    socket.ev.process((events) => this.#note(socket, events));
    socket.ws.on('CB:ack,class:message', (ack: { attrs: { id: string; error?: string } }) =>
      this.acks.push(ack.attrs),
    );
    return socket;
  }

  /** Shows a QR, has it scanned, restarts, and waits until the connection is open and the first sync is over. */
  async pair(number: string): Promise<void> {
    this.connect();
    const qr = await until('a QR', () => this.qr);
    const answer = await this.#kit.post(`/api/phones/${number}/scan`, { qr });
    if (answer.status !== 200)
      throw new Error(`scan answered ${answer.status} ${JSON.stringify(answer.body)}`);
    await until('the restart after pairing', () => this.closes.some((close) => close.code === 515));
    await this.login();
    await until(
      'the first sync',
      () => this.creds.accountSyncCounter > 0 && this.creds.myAppStateKeyId !== undefined,
    );
    await this.caughtUp();
  }

  /** Waits until this device has acknowledged everything the network has for it. */
  async caughtUp(): Promise<void> {
    const [number, device] = this.id.split('@')[0]?.split(':') ?? [];
    await until(`nothing pending for ${this.id}`, async () => {
      const { body } = await this.#kit.get<{ devices: { device: number; pending: number }[] }>(
        `/api/phones/${number}`,
      );
      return body.devices.find((each) => String(each.device) === device)?.pending === 0;
    });
  }

  /** Connects again and waits until the connection is open. */
  async login(): Promise<void> {
    const before = this.opens;
    this.connect();
    await until('an open connection', () => this.opens > before);
  }

  /** Sends a text; gives its id. */
  async say(to: string, text: string, messageId?: string): Promise<string> {
    return (await this.send(to, { text }, messageId)).id ?? '';
  }

  /** Sends any content, and keeps it for those who ask again; gives its key. */
  async send(to: string, content: AnyMessageContent, messageId?: string): Promise<WAMessageKey> {
    const jid = to.includes('@') ? to : `${to}@s.whatsapp.net`;
    const message = await this.live.sendMessage(jid, content, messageId ? { messageId } : {});
    if (!message) throw new Error('nothing was sent');
    if (message.message) this.sent.set(message.key.id ?? '', message.message);
    return message.key;
  }

  /** Waits for a message with this text. */
  heard(text: string): Promise<Message> {
    return until(`a message "${text}"`, () => this.received.find((message) => textOf(message) === text));
  }

  /** Texts that others sent, in the order they came. */
  texts(): string[] {
    return this.heardTexts.filter(({ fromMe }) => !fromMe).map(({ text }) => text);
  }

  /** Waits for a status of a sent message (3 delivered, 4 read) and gives nothing. */
  async reaches(id: string, status: number): Promise<void> {
    await until(`status ${status} of ${id}`, () =>
      this.statuses.some((each) => each.id === id && each.status >= status),
    );
  }

  closed(code: number): Promise<unknown> {
    return until(`a close with ${code}`, () => this.closes.some((close) => close.code === code));
  }

  warnings(): string[] {
    return this.lines.filter((line) => line.level >= 40).map((line) => line.msg);
  }

  /** Ends the socket without logging out. */
  async end(): Promise<void> {
    const socket = this.socket;
    this.socket = undefined;
    await socket?.end(undefined);
  }

  #note(socket: WASocket, events: Partial<BaileysEventMap>): void {
    for (const [name, data] of Object.entries(events)) this.events.push({ name, data });
    if (events['creds.update']) Object.assign(this.creds, events['creds.update']);
    const update = events['connection.update'];
    if (update?.qr) this.qr = update.qr;
    if (update?.connection === 'open') this.opens += 1;
    if (update?.connection === 'close') {
      const error = update.lastDisconnect?.error as
        | { output?: { statusCode: number }; message: string }
        | undefined;
      this.closes.push({ code: error?.output?.statusCode, message: error?.message ?? '' });
      if (this.socket === socket) this.socket = undefined;
    }
    const upsert = events['messages.upsert'];
    for (const message of upsert?.messages ?? []) {
      this.received.push(message);
      const { id, fromMe } = message.key;
      const text = textOf(message);
      const halfRead = message.messageStubType === WAMessageStubType.CIPHERTEXT;
      if (text !== '') this.heardTexts.push({ id: id ?? '', text, fromMe: fromMe === true, halfRead });
      this.upsertTypes.push(upsert?.type ?? '');
      this.#noteStatus(message.key.id, message.status, message.messageStubParameters);
    }
    for (const { key, update: change } of events['messages.update'] ?? []) {
      this.#noteStatus(key.id, change.status, change.messageStubParameters);
    }
  }

  #noteStatus(id: string | null | undefined, status: number | null | undefined, stub: unknown): void {
    if (id && typeof status === 'number') this.statuses.push({ id, status, stub });
  }

  #logger() {
    const note = (level: number) => (object: unknown, msg?: string) => {
      const error = (object as { err?: { message?: string } } | null)?.err?.message;
      this.lines.push({
        level,
        msg: msg ?? (typeof object === 'string' ? object : JSON.stringify(object)),
        error,
      });
    };
    const quiet = (): void => undefined;
    const debug = (object: unknown, msg?: string): void => {
      if (msg === 'received placeholder resend') this.resentByPhone.push((object as { msgId: string }).msgId);
    };
    const logger = {
      ...{
        level: 'warn',
        trace: quiet,
        debug,
        info: quiet,
        warn: note(40),
        error: note(50),
        fatal: note(60),
      },
      child: () => logger,
    };
    return logger;
  }
}

export function textOf(message: Message): string {
  return message.message?.conversation ?? message.message?.extendedTextMessage?.text ?? '';
}
