import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../platform/log.ts';

const keepEveryMs = 5000;
const idleExitSeconds = 30;
const startMsMax = 30_000;
const lookEveryMs = 25;

export interface SandboxNetwork {
  /** Where its HTTP API answers, once started. */
  readonly url: string | undefined;
  readonly port: number | undefined;
  /** Where the engine connects. */
  socketUrl(): string;
  /** Of its file server (PEM). */
  certificate(): Promise<string>;
  /** Why there is no sandbox here, or null when there is one. */
  unavailable(): string | null;
  /** Resolves when it was found, or its process runs: from here on it needs no help to start. */
  readonly begun: Promise<void>;
  /** Resolves when it answers; from then on it is told that this node needs it. */
  started(nodeId: string): Promise<void>;
  stop(): Promise<void>;
}

export interface SandboxOptions {
  mode: 'on' | 'off' | 'external';
  port: number;
  dataDir: string;
  /** What runs it: Node's path and arguments. */
  command: readonly string[];
  /** Where Node keeps its compiled code. */
  compileCache?: string | undefined;
  log: Log;
  /** Aborted, it ends a start that is under way. */
  signal?: AbortSignal | undefined;
}

/**
 * The WhatsApp network inside: found again when it outlived a killed server (by the instance id it tells),
 * started as a process of its own otherwise. Nothing of it is imported; it is spoken to over the wire alone. It starts
 * beside everything else, for it takes as long.
 */
export function startSandboxNetwork(options: SandboxOptions): SandboxNetwork {
  const { mode, log } = options;
  if (mode === 'off') return absent();
  const instanceId =
    mode === 'external' ? undefined : createHash('sha256').update(options.dataDir).digest('hex').slice(0, 32);
  const folder = join(options.dataDir, 'sandbox');
  let child: ChildProcess | undefined;
  let port: number | undefined;
  let keeper: string | undefined;
  let stopping = false;
  let looking = false;
  let look: Promise<void> = Promise.resolve();
  let beat: NodeJS.Timeout | undefined;
  const url = () => (port === undefined ? undefined : `http://127.0.0.1:${port}`);

  const find = async () => {
    const remembered = instanceId ? rememberedPort(folder) : undefined;
    port = await findRunning([options.port, remembered], instanceId);
    if (port !== undefined) return;
    if (mode === 'external') {
      throw new Error(`SANDBOX=external, but no sandbox answers on port ${options.port}.`);
    }
    mkdirSync(folder, { recursive: true });
    const free = (await health(options.port)) === undefined;
    const launching = launch(options, folder, free ? options.port : 0, instanceId ?? '');
    running.resolve();
    ({ child, port } = await launching);
    writeFileSync(join(folder, 'port'), String(port));
  };
  const running = Promise.withResolvers<void>();
  // Whoever waits for it to be started hears of a failure.
  const found = find();
  void found.catch(() => undefined).then(running.resolve);
  const keep = async () => {
    const answer = await fetch(`${url()}/api/keep`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ server: keeper }),
      signal: AbortSignal.timeout(2000),
    });
    return ((await answer.json()) as { keepers: number }).keepers;
  };
  /** One that ended by itself is started again where it was, for the profiles' connections lead there. */
  const revive = async () => {
    if (port === undefined || instanceId === undefined || stopping) return;
    if ((await health(port)) !== undefined) return;
    log.warn({ port }, 'the sandbox has ended; starting it again');
    const launched = await launch(options, folder, port, instanceId);
    child = launched.child;
    if (stopping) child.kill('SIGTERM');
  };
  const lookAfter = () => {
    if (looking) return;
    looking = true;
    look = keep()
      .then(() => undefined, revive)
      .catch((error: unknown) => log.warn({ err: error }, 'the sandbox could not be started again'))
      .finally(() => {
        looking = false;
      });
  };
  return {
    get url() {
      return url();
    },
    get port() {
      return port;
    },
    socketUrl: () => `ws://127.0.0.1:${port}/ws/chat`,
    async certificate() {
      const { tlsCertificate } = (await health(port ?? 0)) ?? {};
      if (!tlsCertificate) throw new Error('The sandbox does not tell its certificate.');
      return tlsCertificate;
    },
    unavailable: () => null,
    begun: running.promise,
    async started(nodeId) {
      keeper = nodeId;
      await found;
      // A start that took long may have outlasted it; one that is too busy to answer now is asked again at the next beat.
      lookAfter();
      await look;
      beat = setInterval(lookAfter, keepEveryMs);
      beat.unref();
    },
    async stop() {
      stopping = true;
      clearInterval(beat);
      await found.catch(() => undefined);
      await look;
      if (!child || child.exitCode !== null) return;
      const others = keeper === undefined ? 0 : await keep().catch(() => 1);
      if (others > 1) return;
      const ended = new Promise((resolve) => child?.once('exit', resolve));
      child.kill('SIGTERM');
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 3000).unref())]);
    },
  };
}

function absent(): SandboxNetwork {
  const why =
    'The sandbox network is switched off here (SANDBOX=off). Use the engine baileys, or set SANDBOX=on.';
  return {
    url: undefined,
    port: undefined,
    socketUrl() {
      throw new Error(why);
    },
    async certificate() {
      throw new Error(why);
    },
    unavailable: () => why,
    begun: Promise.resolve(),
    started: async () => undefined,
    stop: async () => undefined,
  };
}

async function findRunning(
  ports: (number | undefined)[],
  instanceId: string | undefined,
): Promise<number | undefined> {
  for (const port of ports) {
    if (!port) continue;
    const found = await health(port);
    if (found && (instanceId === undefined || found.instanceId === instanceId)) return port;
  }
  return undefined;
}

interface Health {
  instanceId?: string;
  tlsCertificate?: string;
}

/** What answers on a port: a sandbox's health, `{}` for anything else, undefined for nothing at all. */
async function health(port: number): Promise<Health | undefined> {
  if (port === 0) return undefined;
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/api/health`, { signal: AbortSignal.timeout(1000) });
    return (await answer.json().catch(() => ({}))) as Health;
  } catch (error) {
    const refused = (error as { cause?: { code?: string } }).cause?.code === 'ECONNREFUSED';
    return refused ? undefined : {};
  }
}

function rememberedPort(folder: string): number | undefined {
  try {
    return Number(readFileSync(join(folder, 'port'), 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

async function launch(
  options: SandboxOptions,
  folder: string,
  port: number,
  instanceId: string,
): Promise<{ child: ChildProcess; port: number }> {
  const [program = process.execPath, ...args] = options.command;
  const output = openSync(join(folder, 'sandbox.log'), 'a', 0o600);
  const child = spawn(program, args, {
    // A process group of its own: Ctrl-C at the server must not end it before the server has closed.
    detached: true,
    stdio: ['ignore', 'pipe', output],
    env: {
      ...childEnvironment(),
      ...(options.compileCache && { NODE_COMPILE_CACHE: options.compileCache }),
      SANDBOX_PORT: String(port),
      SANDBOX_DATA_DIR: folder,
      SANDBOX_INSTANCE_ID: instanceId,
      SANDBOX_IDLE_EXIT_SECONDS: String(idleExitSeconds),
    },
  });
  closeSync(output);
  child.unref();
  const said = await firstLine(child, options.signal);
  const found = Number(/:(\d+)/.exec(said)?.[1]);
  if (!found || options.signal?.aborted) child.kill('SIGKILL');
  options.signal?.throwIfAborted();
  if (!found) throw new Error(`The sandbox did not start; ${join(folder, 'sandbox.log')} says why.`);
  return { child, port: found };
}

function childEnvironment(): Record<string, string> {
  return { PATH: '/usr/local/bin:/usr/bin:/bin', NODE_ENV: 'development' };
}

async function firstLine(child: ChildProcess, signal: AbortSignal | undefined): Promise<string> {
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  for (let waitedMs = 0; waitedMs < startMsMax && !text.includes('\n'); waitedMs += lookEveryMs) {
    if (child.exitCode !== null || signal?.aborted) break;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  (child.stdout as { unref?(): void } | null)?.unref?.();
  return text;
}
