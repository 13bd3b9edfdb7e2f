import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../../test/until.ts';
import { silentLog } from '../platform/log.ts';
import { type SandboxNetwork, startSandboxNetwork } from './network.ts';

const main = fileURLToPath(new URL('../../../sandbox/src/main.ts', import.meta.url));
let folder: string;
let running: SandboxNetwork[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mwa-network-'));
  running = [];
});
afterEach(async () => {
  for (const network of running.reverse()) await network.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(
  nodeId = 'node',
  more: { port?: number; command?: string[]; before?(network: SandboxNetwork): Promise<void> } = {},
) {
  const { before = async () => undefined } = more;
  const network = startSandboxNetwork({
    mode: 'on',
    port: more.port ?? 0,
    dataDir: folder,
    // Tells its process id, so that the test can end exactly this one.
    command: more.command ?? [
      '/bin/sh',
      '-c',
      `echo $$ > '${folder}/pid'; exec '${process.execPath}' '${main}'`,
    ],
    log: silentLog,
  });
  running.push(network);
  await before(network);
  await network.started(nodeId);
  return network;
}
const pid = () => Number(readFileSync(join(folder, 'pid'), 'utf8'));
const isAlive = (id: number) => {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
};
const answers = async (network: SandboxNetwork) =>
  (await fetch(`${network.url}/api/health`).catch(() => undefined))?.ok === true;
const phone = async (network: SandboxNetwork, number: string) =>
  (await fetch(`${network.url}/api/phones/${number}`)).status;

test('a sandbox that is killed comes back by itself, at the same address and with what it knew', async () => {
  const network = await start();
  await fetch(`${network.url}/api/phones`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ number: '628110000001', name: 'Ana' }),
  });
  const before = pid();
  process.kill(before, 'SIGKILL');
  await until('it answers again', async () => pid() !== before && (await answers(network)));
  expect(await phone(network, '628110000001')).toBe(200);
});

test('a sandbox that ended while the server was starting is there when it has started', async () => {
  const before = async (network: SandboxNetwork) => {
    await until('it answers', () => answers(network));
    process.kill(pid(), 'SIGKILL');
    await until('it does not', async () => !(await answers(network)));
  };
  expect(await answers(await start('node', { before }))).toBe(true);
});

test('a second server on the folder finds the sandbox, and the first does not end it', async () => {
  const first = await start('first');
  const second = await start('second');
  expect(second.url).toBe(first.url);
  await first.stop();
  running = [second];
  expect(await answers(second)).toBe(true);
  const last = pid();
  process.kill(last, 'SIGTERM');
  await until('it is gone', () => !isAlive(last));
});

test('a sandbox that can not start says where to look', async () => {
  const command = ['/bin/sh', '-c', 'exit 1'];
  writeFileSync(join(folder, 'pid'), '0');
  await expect(start('node', { command })).rejects.toThrow(join(folder, 'sandbox', 'sandbox.log'));
});

test('a start that is given up ends the sandbox, also one that has just answered', async () => {
  const ending = new AbortController();
  const program = `echo $$ > '${folder}/pid'; echo 'Sandbox network on http://127.0.0.1:9'; exec sleep 60`;
  const network = startSandboxNetwork({
    mode: 'on',
    port: 0,
    dataDir: folder,
    command: ['/bin/sh', '-c', program],
    log: silentLog,
    signal: ending.signal,
  });
  await network.begun;
  // As while code is loaded: it has answered meanwhile, is read in the next turn, and given up in the same.
  const blockedUntilMs = performance.now() + 300;
  while (performance.now() < blockedUntilMs);
  await turn();
  await turn();
  ending.abort(new Error('given up'));
  await network.stop();
  await until('it is gone', () => !isAlive(pid()));
});

test('a network that is too busy to answer stops no start', async () => {
  const busy = createServer(() => undefined);
  await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve));
  const { port } = busy.address() as AddressInfo;
  const settings = { mode: 'external', port, dataDir: folder, command: [], log: silentLog } as const;
  const network = startSandboxNetwork(settings);
  running.push(network);
  await network.started('node');
  expect(network.url).toBe(`http://127.0.0.1:${port}`);
  busy.closeAllConnections();
  busy.close();
});

test('switched off, it says so to whoever asks for it', async () => {
  const off = startSandboxNetwork({
    mode: 'off',
    port: 0,
    dataDir: folder,
    command: [],
    log: silentLog,
  });
  expect(off.unavailable()).toContain('SANDBOX=on');
  expect(() => off.socketUrl()).toThrow('SANDBOX=off');
});
