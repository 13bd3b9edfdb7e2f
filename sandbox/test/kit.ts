import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Sandbox, type SandboxSettings, startSandbox } from '../src/index.ts';
import { Client, type ClientConfig } from './client.ts';

/** A folder that is gone after the test. */
export function temporaryFolder(): { path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), 'sandbox-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export interface Answer<T> {
  status: number;
  body: T;
}

const root = new URL('../..', import.meta.url);
const main = fileURLToPath(new URL('sandbox/src/main.ts', root));
/** Processes compile each module once, not once each. */
const compiled = { NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/multiwa-tests', root)) };

/** A network that is a process, and its end. */
export type SandboxProcess = ChildProcess & { readonly exit: Promise<unknown> };

/** A sandbox on a free port in a folder of its own, with a client for its HTTP API. */
export class TestSandbox {
  sandbox: Sandbox;
  readonly folder = temporaryFolder();
  readonly problems: string[] = [];
  readonly #clients: Client[] = [];
  readonly #children: SandboxProcess[] = [];
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
    return new TestSandbox(elsewhere(url), {});
  }

  /** The same for a network that is a process of its own, to be killed. */
  static async startAsProcess(
    environment: Record<string, string> = {},
  ): Promise<[TestSandbox, SandboxProcess]> {
    const kit = new TestSandbox(elsewhere('http://127.0.0.1:0'), {});
    return [kit, await kit.spawn(environment)];
  }

  /** Starts such a process on the kit's folder and port. */
  async spawn(environment: Record<string, string> = {}): Promise<SandboxProcess> {
    const settings = { SANDBOX_PORT: String(this.sandbox.port), SANDBOX_DATA_DIR: this.folder.path };
    const started = spawn(process.execPath, [main], {
      env: { ...process.env, ...compiled, ...settings, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const child = Object.assign(started, { exit: once(started, 'exit') });
    this.#children.push(child);
    const [line] = (await once(started.stdout, 'data')) as [Buffer];
    this.sandbox = elsewhere(/http:\/\/[\d.]+:\d+/.exec(line.toString())?.[0] ?? '');
    return child;
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
    for (const child of this.#children) child.kill('SIGKILL');
    await Promise.all(this.#children.map(({ exit }) => exit));
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

  /** The same, once the phone has told it all that it tells a new companion: what passes next is what a test sends. */
  async settled(number: string, config: ClientConfig = {}): Promise<Client> {
    const client = await this.linked(number, config);
    await this.seen(number);
    await client.caughtUp();
    return client;
  }

  /** Puts a fault in force; fails when it is refused. */
  async fault(order: Record<string, unknown>): Promise<FaultAnswer> {
    const { status, body } = await this.post<FaultAnswer>('/api/faults', order);
    if (status !== 200) throw new Error(`the fault was answered with ${status} ${JSON.stringify(body)}`);
    return body;
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

function elsewhere(url: string): Sandbox {
  const port = Number(new URL(url).port);
  return { url, port, dataDir: '', close: async () => undefined } as unknown as Sandbox;
}

interface FaultAnswer {
  id: string;
  startsAt: number;
  endsAt?: number;
  hits: number;
  left: number | null;
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
