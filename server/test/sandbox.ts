import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ask } from './client.ts';
import { compiled } from './compiled.ts';

const main = fileURLToPath(new URL('../../sandbox/src/main.ts', import.meta.url));
const startMsMax = 30_000;

/** What the person sees on their phone. */
export interface PhoneMessage {
  id: string;
  chat: string;
  from: string;
  fromMe: boolean;
  type: string;
  text: string;
  status: string;
  content: Record<string, unknown>;
}

/** What a person has set on their devices; moments are Unix milliseconds, chats are numbers or addresses of groups. */
export interface PhoneState {
  chats: {
    chat: string;
    unread: number;
    markedUnread: boolean;
    mutedUntil: number | null;
    pinnedAt: number | null;
    archived: boolean;
  }[];
  contacts: { contact: string; name: string }[];
  labels: { id: string; name: string; color: number; chats: string[] }[];
  starred: { chat: string; id: string; fromMe: boolean }[];
  distrusted: number;
}

/** A line of the sandbox's ledger, as its HTTP API tells it: written out here once more, for the two sides of the wire share no code. */
export interface LedgerEntry {
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

/** A message of a phone's past. */
interface Remembered {
  chat: string;
  text: string;
  timestamp: number;
  from?: string;
  fromMe?: boolean;
  id?: string;
  read?: boolean;
}

/** A person with a phone on the sandbox network. */
export interface SandboxPhone {
  number: string;
  /** Makes the phone, when it isn't there yet, and names its owner. */
  named(name: string): Promise<void>;
  scan(qr: string): Promise<{ device: number }>;
  enterCode(code: string): Promise<{ device: number }>;
  sends(to: string, text: string): Promise<string>;
  /** Sends anything the phone can: `{ type, … }` as `POST /api/phones/:number/messages` takes it. */
  writes(to: string, body: { type: string } & Record<string, unknown>): Promise<string>;
  messages(chat?: string): Promise<PhoneMessage[]>;
  /** The file of a message, decrypted. */
  file(messageId: string): Promise<Buffer>;
  read(chat: string): Promise<void>;
  /** Calls somebody; answers the id of the call. */
  calls(to: string, more?: { video?: boolean; group?: string }): Promise<string>;
  actOnCall(id: string, action: 'accept' | 'reject' | 'terminate' | 'timeout'): Promise<void>;
  online(online: boolean): Promise<void>;
  unlink(device: number): Promise<void>;
  /** Blocks somebody on the phone, or unblocks them. */
  blocks(other: string, isBlocked?: boolean): Promise<void>;
  /** The numbers that the person has blocked. */
  blocked(): Promise<string[]>;
  /** Makes up a past on this phone, the same for the same seed. */
  past(of: {
    chats: number;
    messages: number;
    seed: number;
  }): Promise<{ messages: number; reactions: number }>;
  /** Adds texts to its past; `timestamp` in Unix milliseconds. */
  remembers(messages: Remembered[]): Promise<void>;
  /** What the person has set, on the phone or on any other device. */
  state(): Promise<PhoneState>;
  /** The person sets one thing on the phone, as `POST /api/phones/:number/state` takes it. */
  sets(change: { change: string } & Record<string, unknown>): Promise<void>;
  /** Uploads what all that adds up to: devices linked later are given that, and what is set after it. */
  uploadsState(): Promise<void>;
  /** Who types or records to this person now. */
  typing(): Promise<{ chat: string; from: string; media: string }[]>;
  /** The person opens or leaves WhatsApp, or types in a chat. */
  shows(
    state: 'available' | 'unavailable' | 'composing' | 'recording' | 'paused',
    to?: string,
  ): Promise<void>;
  /** The person sets what they show of themselves; `picture: true` is a new one, false takes it away. */
  looks(like: { picture?: boolean; about?: string }): Promise<void>;
  /** From now on nobody sees this of the person. */
  hides(...what: ('profile' | 'status')[]): Promise<void>;
  /** WhatsApp restricts the account, or not any more (null). `endsAt` is unix seconds. */
  limits(change: {
    reachoutTimelock?: { endsAt: number; type?: string } | null;
    capping?: { total: number; used?: number } | null;
  }): Promise<void>;
  /** Stanzas not yet acknowledged, per linked device. */
  devices(): Promise<{ device: number; state: string; pending: number }[]>;
}

/** A WhatsApp network, spoken to over HTTP. */
export interface Sandbox {
  readonly url: string;
  /** Where a gateway's socket connects. */
  readonly socketUrl: string;
  /** Of its file server (PEM). */
  certificate(): Promise<string>;
  /** The network loses the files that a phone has uploaded, until a phone that has them does so again. */
  loseFilesOf(number: string): Promise<void>;
  /** How many files the devices of a phone have uploaded. */
  uploadsOf(number: string): Promise<number>;
  /** They are gone everywhere, from phones too. */
  removeFilesOf(number: string): Promise<void>;
  phone(number: string): SandboxPhone;
  /** Makes a group of people who have phones; answers its address. */
  group(by: string, subject: string, members: string[], addressingMode?: string): Promise<string>;
  /** Somebody in the group changes what it is called, says or allows. */
  changeGroup(group: string, change: { by: string } & Record<string, unknown>): Promise<void>;
  /** Somebody adds, removes, promotes or demotes people of a group. */
  changeMembers(group: string, change: { by: string; action: string; numbers: string[] }): Promise<void>;
  /** On the network that all files share, name the phone it strikes: `number`. */
  fault(fault: { name: string } & Record<string, unknown>): Promise<{ id: string; clear(): Promise<void> }>;
  ledger(query?: {
    number?: string;
    messageId?: string;
    kind?: string;
    after?: number;
  }): Promise<LedgerEntry[]>;
}

/** A network of one's own, as a child process: for crashes, and for faults that strike everybody. */
export interface OwnSandbox extends Sandbox {
  /** Of its process as it runs now. */
  pid(): number;
  clearFaults(): Promise<void>;
  /** Dies at once, keeping its folder and port for `restart`. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

/** The network at an address, such as the one that all files of a run share. */
export function sandboxAt(url: string): Sandbox {
  const call = caller(url);
  return {
    url,
    socketUrl: `${url.replace(/^http/, 'ws')}/ws/chat`,
    certificate: async () => (await call<{ tlsCertificate: string }>('GET', '/api/health')).tlsCertificate,
    async loseFilesOf(number) {
      for (const id of await filesOf(call, number)) await call('POST', `/api/media/${id}/expire`, {});
    },
    uploadsOf: async (number) => (await filesOf(call, number)).length,
    async removeFilesOf(number) {
      for (const id of await filesOf(call, number)) await call('DELETE', `/api/media/${id}`);
    },
    phone: (number) => phone(url, number),
    group: async (by, subject, members, addressingMode) =>
      (await call<{ jid: string }>('POST', '/api/groups', { by, subject, members, addressingMode })).jid,
    changeGroup: async (group, change) => void (await call('PUT', `/api/groups/${group}`, change)),
    changeMembers: async (group, change) =>
      void (await call('POST', `/api/groups/${group}/participants`, change)),
    async fault(fault) {
      const { id } = await call<{ id: string }>('POST', '/api/faults', fault);
      return { id, clear: async () => void (await call('DELETE', `/api/faults/${id}`)) };
    },
    async ledger(query = {}) {
      const search = new URLSearchParams({ limit: '10000' });
      for (const [name, value] of Object.entries(query)) search.set(name, String(value));
      return (await call<{ entries: LedgerEntry[] }>('GET', `/api/ledger?${search}`)).entries;
    },
  };
}

/** Starts a sandbox on a free port with an empty folder. */
export async function startTestSandbox(env: Record<string, string> = {}): Promise<OwnSandbox> {
  const dataDir = await mkdtemp(join(tmpdir(), 'mwa-sandbox-'));
  let running = await launch(dataDir, '0', env);
  const { url, port } = running;
  return {
    ...sandboxAt(url),
    pid: () => running.child.pid ?? 0,
    clearFaults: async () => void (await caller(url)('DELETE', '/api/faults')),
    kill: () => end(running.child, 'SIGKILL'),
    async restart() {
      await end(running.child, 'SIGKILL');
      running = await launch(dataDir, port, env);
    },
    async stop() {
      await end(running.child, 'SIGTERM');
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

type Call = <T = unknown>(method: string, path: string, body?: unknown) => Promise<T>;

function caller(url: string): Call {
  return async <T>(method: string, path: string, body?: unknown) => {
    const { status, text } = await ask(`${url}${path}`, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    if (status >= 300) throw new Error(`Sandbox: ${method} ${path} answered ${status}: ${text}`);
    return JSON.parse(text) as T;
  };
}

async function filesOf(call: Call, number: string): Promise<string[]> {
  type Page = { media: { id: string; uploader: string }[]; cursor: number };
  const ids: string[] = [];
  let page: Page = { media: [], cursor: 0 };
  do {
    page = await call<Page>('GET', `/api/media?after=${page.cursor}&limit=1000`);
    ids.push(...page.media.filter(({ uploader }) => uploader === number).map(({ id }) => id));
  } while (page.media.length > 0);
  return ids;
}

function phone(url: string, number: string): SandboxPhone {
  const call = caller(url);
  const base = `/api/phones/${number}`;
  return {
    number,
    named: async (name) => void (await call('POST', '/api/phones', { number, name })),
    scan: (qr) => call('POST', `${base}/scan`, { qr }),
    enterCode: (code) => call('POST', `${base}/enter-code`, { code }),
    sends: async (to, text) =>
      (await call<{ id: string }>('POST', `${base}/messages`, { to, type: 'text', text })).id,
    writes: async (to, body) => (await call<{ id: string }>('POST', `${base}/messages`, { to, ...body })).id,
    messages: (chat) => call('GET', `${base}/messages?limit=10000${chat ? `&chat=${chat}` : ''}`),
    async file(messageId) {
      const response = await fetch(`${url}${base}/messages/${messageId}/media`);
      const body = Buffer.from(await response.arrayBuffer());
      if (!response.ok)
        throw new Error(`Sandbox: the file of ${messageId} answered ${response.status}: ${body}`);
      return body;
    },
    calls: async (to, more) => (await call<{ id: string }>('POST', `${base}/calls`, { to, ...more })).id,
    actOnCall: async (id, action) => void (await call('POST', `${base}/calls/${id}`, { action })),
    read: async (chat) => void (await call('POST', `${base}/read`, { chat })),
    past: (of) => call('POST', `${base}/history`, of),
    remembers: async (messages) => void (await call('POST', `${base}/history/import`, { messages })),
    online: async (online) => void (await call('PUT', base, { online })),
    blocks: async (other, isBlocked = true) =>
      void (await call(isBlocked ? 'PUT' : 'DELETE', `${base}/blocked/${other}`)),
    blocked: () => call('GET', `${base}/blocked`),
    unlink: async (device) => void (await call('DELETE', `${base}/devices/${device}`)),
    state: () => call('GET', `${base}/state`),
    sets: async (change) => void (await call('POST', `${base}/state`, change)),
    uploadsState: async () => void (await call('POST', `${base}/state/snapshot`)),
    typing: async () =>
      (await call<{ typing: { chat: string; from: string; media: string }[] }>('GET', base)).typing,
    shows: async (state, to) => void (await call('POST', `${base}/presence`, { state, to })),
    async looks({ picture, about }) {
      if (about !== undefined) await call('PUT', `${base}/profile`, { about });
      if (picture !== undefined)
        await call(picture ? 'PUT' : 'DELETE', `${base}/picture`, picture ? {} : undefined);
    },
    hides: async (...what) =>
      void (await call('PUT', `${base}/privacy`, Object.fromEntries(what.map((one) => [one, 'none'])))),
    limits: async (change) => void (await call('PUT', `${base}/limits`, change)),
    devices: async () =>
      (await call<{ devices: { device: number; state: string; pending: number }[] }>('GET', base)).devices,
  };
}

async function launch(dataDir: string, port: string, env: Record<string, string>) {
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, ...compiled, SANDBOX_PORT: port, SANDBOX_DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // A test run that is cut off must not leave networks behind.
  const orphan = () => child.kill('SIGKILL');
  process.once('exit', orphan);
  child.once('exit', () => process.off('exit', orphan));
  let complaints = '';
  child.stderr.on('data', (text: Buffer) => {
    complaints = (complaints + text.toString()).slice(-4000);
  });
  const url = await Promise.race([
    address(child),
    once(child, 'exit').then(() =>
      Promise.reject(new Error(`The sandbox ended at its start:\n${complaints}`)),
    ),
    failAfter(startMsMax, () => `The sandbox did not start:\n${complaints}`),
  ]);
  return { child, url, port: new URL(url).port };
}

async function address(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('no output');
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /https?:\/\/[\w.:[\]-]+/.exec(line)?.[0];
    if (url) {
      child.stdout.resume();
      return url;
    }
  }
  throw new Error('The sandbox told no address.');
}

function failAfter(ms: number, text: () => string): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(text())), ms).unref();
  });
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}
