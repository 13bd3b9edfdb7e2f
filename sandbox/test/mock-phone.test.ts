import { DEFAULT_CONNECTION_CONFIG, fetchLatestWaWebVersion } from 'baileys';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Client } from './client.ts';
import { TestSandbox } from './kit.ts';
import { until } from './until.ts';

let kit: TestSandbox;
beforeAll(async () => {
  kit = await TestSandbox.start({ mockGroup: 'Test tools' });
});
afterAll(() => kit.close());

/** Pairs a client the way existing test tooling does: the QR text and nothing else. */
async function scanned(pushName: string): Promise<{ client: Client; number: string }> {
  const client = kit.client({ pushName });
  client.connect();
  const qr = await until('a QR', () => client.qr);
  const answer = await fetch(`${kit.url}/admin/mock-phone/scan-qr`, { method: 'POST', body: qr });
  expect(answer.status).toBe(200);
  const { number } = (await answer.json()) as { number: string };
  await client.closed(515);
  await client.login();
  return { client, number };
}

test('existing tooling finds the version of WhatsApp Web in /sw.js', async () => {
  const outside = globalThis.fetch;
  const asked: string[] = [];
  vi.stubGlobal('fetch', (url: string, options: RequestInit) => {
    asked.push(url);
    return outside(`${kit.url}${new URL(url).pathname}`, options);
  });
  const found = await fetchLatestWaWebVersion().finally(() => vi.unstubAllGlobals());
  expect(asked).toEqual(['https://web.whatsapp.com/sw.js']);
  expect(found).toEqual({ version: DEFAULT_CONNECTION_CONFIG.version, isLatest: true });

  // Where only newer clients may log in, that version is found.
  const strictness = (minVersion: string | null) => kit.ask('PUT', '/api/strictness', { minVersion });
  await strictness('2.3000.2000000000');
  expect(await (await outside(`${kit.url}/sw.js`)).text()).toContain('"client_revision":2000000000');
  await strictness(null);
});

test('a scan that is refused leaves nobody in the group', async () => {
  const answer = await fetch(`${kit.url}/admin/mock-phone/scan-qr`, {
    method: 'POST',
    body: '2@none,a,b,c,1',
  });
  expect(answer.status).toBe(404);
  const tired = kit.client({ pushName: 'too many' });
  tired.connect();
  const qr = await until('a QR', () => tired.qr);
  await kit.post('/api/faults', { name: 'pair-success-without-device' });
  expect((await fetch(`${kit.url}/admin/mock-phone/scan-qr`, { method: 'POST', body: qr })).status).toBe(409);
  await kit.ask('DELETE', '/api/faults');
  expect((await kit.get('/api/groups')).body).toEqual([]);
});

test('accounts of test tooling share the group a setting names and write to each other in it', async () => {
  const [first, second] = [await scanned('one'), await scanned('two')];
  expect(first.number).not.toBe(second.number);
  const groups = Object.values(await second.client.live.groupFetchAllParticipating());
  expect(groups).toMatchObject([{ subject: 'Test tools', size: 2 }]);
  await first.client.say(groups[0]!.id, 'hello tools');
  await second.client.heard('hello tools');
});
