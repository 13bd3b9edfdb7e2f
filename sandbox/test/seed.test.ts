import { expect, test } from 'vitest';
import { startSandbox } from '../src/index.ts';
import { TestSandbox, temporaryFolder } from './kit.ts';

const NUMBER = '628777000001';

async function keysOf(dataDir: string, seed?: string): Promise<unknown[]> {
  const sandbox = await startSandbox({ port: 0, dataDir, seed });
  const ask = async (path: string, init?: RequestInit) => (await fetch(`${sandbox.url}${path}`, init)).json();
  const health = (await ask('/api/health')) as { rootPublicKey: string };
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ number: NUMBER });
  const phone = (await ask('/api/phones', { method: 'POST', headers, body })) as { lid: string };
  const order = JSON.stringify({ by: NUMBER, subject: 'Bakery', members: [] });
  const groups = (await ask('/api/groups')) as { jid: string }[];
  const made = { method: 'POST', headers, body: order };
  const group = groups[0] ?? ((await ask('/api/groups', made)) as { jid: string });
  await sandbox.close();
  return [health.rootPublicKey, phone.lid, group.jid];
}

test('networks share root key, LIDs and group ids with those of the same seed, and no others', async () => {
  using one = temporaryFolder();
  using two = temporaryFolder();
  using three = temporaryFolder();
  using four = temporaryFolder();
  const keys = await keysOf(one.path, 'spring');
  expect(await keysOf(two.path, 'spring')).toEqual(keys);
  for (const other of [await keysOf(three.path, 'autumn'), await keysOf(four.path)]) {
    expect(other[0]).not.toBe(keys[0]);
    expect(other[1]).not.toBe(keys[1]);
    expect(other[2]).not.toBe(keys[2]);
  }
});

test('a folder made with one seed goes on with it or without a seed, and is refused with another', async () => {
  using folder = temporaryFolder();
  const keys = await keysOf(folder.path, 'spring');
  await expect(keysOf(folder.path, 'autumn')).rejects.toThrow('give the seed it was made with');
  expect(await keysOf(folder.path, 'spring')).toEqual(keys);
  expect(await keysOf(folder.path)).toEqual(keys);
});

test('clients pair with a network made from a seed; a reset keeps its keys and its phones’ keys', async () => {
  const kit = await TestSandbox.start({ seed: 'spring' });
  const before = (await kit.get('/api/health')).body;
  const client = await kit.linked(NUMBER);
  const { lid } = client.creds.me ?? {};
  const phoneKey = client.creds.account?.accountSignatureKey;
  expect(phoneKey).toHaveLength(32);
  await client.end();
  await kit.post('/api/reset', {});
  expect((await kit.get('/api/health')).body.rootPublicKey).toBe(before.rootPublicKey);
  const again = await kit.linked(NUMBER);
  expect(again.creds.me?.lid).toBe(lid);
  expect(again.creds.account?.accountSignatureKey).toEqual(phoneKey);
  await kit.close();
});
