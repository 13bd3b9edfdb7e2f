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
import { MemoryKeys } from './memory-keys.ts';
import { soundRepository } from './sound-repository.ts';
import { until } from './until.ts';

/** Where a client lives: its socket, and the phones that scan its code. */
interface Network {
  readonly webSocketUrl: string;
  get<T>(path: string): Promise<{ status: number; body: T }>;
  post(path: string, body: unknown): Promise<{ status: number; body: unknown }>;
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
  readonly #network: Network;
  readonly #config: Partial<UserFacingSocketConfig>;

  constructor(network: Network, { sound, ...config }: ClientConfig) {
    this.#network = network;
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
      waWebSocketUrl: this.#network.webSocketUrl,
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
    const answer = await this.#network.post(`/api/phones/${number}/scan`, { qr });
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
      const { body } = await this.#network.get<{ devices: { device: number; pending: number }[] }>(
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
