import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { CacheStore } from 'baileys';
import { afterEach, expect, test } from 'vitest';
import { startSandbox } from '../src/index.ts';
import type { Client } from './client.ts';
import { TestSandbox, temporaryFolder } from './kit.ts';
import { until } from './until.ts';

const ANNA = '628333000001';
const BEN = '628333000002';
const CARL = '628333000003';
const DORA = '628333000004';
let kit: TestSandbox;
afterEach(() => kit.close());

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

test('a network killed with SIGKILL loses and doubles nothing, acknowledged or cut off', async () => {
  const [made, first] = await TestSandbox.startAsProcess();
  kit = made;
  const [anna, ben, id] = await twoWithOneMessageWaiting();
  const [carl, dora] = await Promise.all([kit.linked(CARL), kit.linked(DORA)]);
  await carl.say(DORA, 'hello');
  await dora.heard('hello');
  await dora.caughtUp();
  await dora.end();
  const ids = Array.from({ length: 40 }, (_, index) => `CUTOFF${String(index).padStart(4, '0')}`);
  const saying = ids.map((each) => carl.say(DORA, `text ${each}`, each).catch(() => undefined));
  await until('some acks', () => carl.acks.length > 15);
  first.kill('SIGKILL');
  await Promise.all([first.exit, ...saying]);
  await until('the clients noticed', () => !anna.socket && !carl.socket);
  const second = await kit.spawn();
  await everythingIsStillThere(anna, ben, id);
  await carl.login();
  const isAcked = (each: string): boolean => carl.acks.some((ack) => ack.id === each && !ack.error);
  for (const each of ids.filter((one) => !isAcked(one))) await carl.say(DORA, `text ${each}`, each);
  await until('all acks', () => ids.every(isAcked));
  await dora.login();
  await until('all texts', () => ids.every((each) => dora.texts().includes(`text ${each}`)));
  await dora.caughtUp();
  expect(dora.texts().sort()).toEqual(['hello', ...ids.map((each) => `text ${each}`)].sort());
  second.kill('SIGTERM');
  expect(await second.exit).toEqual([0, null]);
});

test('a network that nobody keeps ends by itself, and not before', async () => {
  const [made, child] = await TestSandbox.startAsProcess({ SANDBOX_IDLE_EXIT_SECONDS: '1' });
  kit = made;
  expect((await kit.post('/api/keep', { server: 'a gateway' })).body).toEqual({ keepers: 1 });
  expect(await child.exit).toEqual([0, null]);
});
