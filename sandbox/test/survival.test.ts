import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import type { CacheStore } from 'baileys';
import { afterEach, expect, test } from 'vitest';
import { startSandbox } from '../src/index.ts';
import type { Client } from './client.ts';
import { TestSandbox, temporaryFolder } from './kit.ts';
import { until } from './until.ts';

const ANNA = '628333000001';
const BEN = '628333000002';
let kit: TestSandbox;
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await kit.close();
});

async function everythingIsStillThere(anna: Client, ben: Client, waitingId: string): Promise<void> {
  await Promise.all([anna.login(), ben.login()]);
  await ben.heard('before the end');
  await anna.reaches(waitingId, 3);
  await anna.say(BEN, 'before the end', waitingId);
  await until('the ack of the repeat', () => anna.acks.filter((ack) => ack.id === waitingId).length === 2);
  const answer = await ben.say(ANNA, 'after the end');
  await anna.heard('after the end');
  await ben.reaches(answer, 3);
  expect(ben.texts().filter((text) => text === 'before the end')).toHaveLength(1);
  const kinds = (await kit.ledger(`messageId=${waitingId}`)).map((line) => line.kind);
  expect(kinds.filter((kind) => kind === 'message')).toHaveLength(1);
  expect(kinds.filter((kind) => kind === 'wire-repeat')).toHaveLength(1);
  expect((await kit.seen(BEN)).map((message) => message.text)).toEqual([
    'hello',
    'before the end',
    'after the end',
  ]);
}

async function twoWithOneMessageWaiting(): Promise<[Client, Client, string]> {
  const [anna, ben] = await Promise.all([kit.linked(ANNA), kit.linked(BEN)]);
  await anna.say(BEN, 'hello');
  await ben.heard('hello');
  await ben.caughtUp();
  await ben.end();
  const id = await anna.say(BEN, 'before the end');
  await until('the ack', () => anna.acks.some((ack) => ack.id === id));
  return [anna, ben, id];
}

test('a network that is closed and started again on its folder forgets nothing', async () => {
  kit = await TestSandbox.start();
  const [anna, ben, id] = await twoWithOneMessageWaiting();
  const before = (await kit.get('/api/health')).body;
  await kit.restart();
  expect((await kit.get('/api/health')).body).toEqual({ ...before, connections: expect.anything() });
  await everythingIsStillThere(anna, ben, id);
});

test('a second network on the same folder or port is refused and harms nothing', async () => {
  kit = await TestSandbox.start();
  await expect(startSandbox({ port: 0, dataDir: kit.folder.path })).rejects.toThrow(
    'another sandbox runs on',
  );
  using elsewhere = temporaryFolder();
  const { port } = kit.sandbox;
  await expect(startSandbox({ port, dataDir: elsewhere.path })).rejects.toThrow('EADDRINUSE');
  await kit.linked(ANNA);
});

/** A device cache that outlives the socket, so that a login does not renew every session. */
function lastingCache(): CacheStore {
  const entries = new Map<string, unknown>();
  return {
    get: <T>(key: string) => entries.get(key) as T | undefined,
    set: (key, value) => void entries.set(key, value),
    del: (key) => void entries.delete(key),
    flushAll: () => entries.clear(),
  };
}

test('a phone that lost its sessions asks for the message again and shows it', async () => {
  kit = await TestSandbox.start();
  await kit.post('/api/phones', { number: BEN });
  const anna = await kit.linked(ANNA, { userDevicesCache: lastingCache() });
  await anna.say(BEN, 'first');
  await until('the first', async () => (await kit.seen(BEN)).some((message) => message.text === 'first'));
  await kit.post(`/api/phones/${BEN}/messages`, {
    to: ANNA,
    type: 'text',
    text: 'so the session is settled',
  });
  await anna.heard('so the session is settled');
  await anna.caughtUp();
  const { port } = kit.sandbox;
  await kit.sandbox.close();
  const database = new DatabaseSync(join(kit.folder.path, 'sandbox.sqlite'));
  database.exec(`DELETE FROM phone_keys WHERE number = '${BEN}'`);
  database.close();
  await kit.open(port);
  await until('the client noticed', () => anna.socket === undefined);
  await anna.login();
  const warm = await anna.say(BEN, 'second');
  await until('the second', async () => (await kit.seen(BEN)).some((message) => message.id === warm));
  const kinds = (await kit.ledger(`messageId=${warm}`)).map((line) => line.kind);
  expect(kinds).toContain('undecryptable');
  expect(kinds).toContain('retry');
});

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** Runs the sandbox as its own process on the folder of the kit and points the kit at it. */
async function spawnSandbox(
  port: number,
  environment: Record<string, string> = {},
): Promise<ChildProcess & { readonly exit: Promise<unknown> }> {
  const child = spawn(process.execPath, [MAIN], {
    env: { ...process.env, SANDBOX_PORT: String(port), SANDBOX_DATA_DIR: kit.folder.path, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const url = /http:\/\/[\d.]+:(\d+)/.exec(line.toString());
  kit.sandbox = { ...kit.sandbox, url: url?.[0] ?? '', port: Number(url?.[1]) };
  return Object.assign(child, { exit: once(child, 'exit') });
}

test('a network killed with SIGKILL loses nothing that it acknowledged', async () => {
  kit = await TestSandbox.start();
  await kit.sandbox.close();
  const first = await spawnSandbox(0);
  kit.sandbox = { ...kit.sandbox, close: async () => undefined };
  const [anna, ben, id] = await twoWithOneMessageWaiting();
  first.kill('SIGKILL');
  await first.exit;
  await until('the client noticed', () => anna.closes.some((close) => close.code !== 515));
  const second = await spawnSandbox(kit.sandbox.port);
  await everythingIsStillThere(anna, ben, id);
  second.kill('SIGTERM');
  expect(await second.exit).toEqual([0, null]);
});

test('of many texts cut off by SIGKILL and sent again, each arrives exactly once', async () => {
  kit = await TestSandbox.start();
  await kit.sandbox.close();
  const first = await spawnSandbox(0);
  kit.sandbox = { ...kit.sandbox, close: async () => undefined };
  const [anna, ben] = await Promise.all([kit.linked(ANNA), kit.linked(BEN)]);
  await anna.say(BEN, 'hello');
  await ben.heard('hello');
  await ben.caughtUp();
  await ben.end();
  const ids = Array.from({ length: 40 }, (_, index) => `CUTOFF${String(index).padStart(4, '0')}`);
  const saying = ids.map((id) => anna.say(BEN, `text ${id}`, id).catch(() => undefined));
  await until('some acks', () => anna.acks.length > 15);
  first.kill('SIGKILL');
  await Promise.all([first.exit, ...saying]);
  await until('the client noticed', () => anna.socket === undefined);
  const second = await spawnSandbox(kit.sandbox.port);
  await anna.login();
  const isAcked = (id: string): boolean => anna.acks.some((ack) => ack.id === id && !ack.error);
  for (const id of ids.filter((each) => !isAcked(each))) await anna.say(BEN, `text ${id}`, id);
  await until('all acks', () => ids.every(isAcked));
  await ben.login();
  await until('all texts', () => ids.every((id) => ben.texts().includes(`text ${id}`)));
  await ben.caughtUp();
  expect(ben.texts().sort()).toEqual(['hello', ...ids.map((id) => `text ${id}`)].sort());
  second.kill('SIGTERM');
  await second.exit;
});

test('a network that nobody keeps ends by itself, and not before', async () => {
  kit = await TestSandbox.start();
  await kit.sandbox.close();
  kit.sandbox = { ...kit.sandbox, close: async () => undefined };
  const child = await spawnSandbox(0, { SANDBOX_IDLE_EXIT_SECONDS: '1' });
  expect((await kit.post('/api/keep', { server: 'a gateway' })).body).toEqual({ keepers: 1 });
  expect(await child.exit).toEqual([0, null]);
});
