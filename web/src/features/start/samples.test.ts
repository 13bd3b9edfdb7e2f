import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleOf } from './samples.ts';

const heard: { key: unknown; body: unknown }[] = [];
const server = createServer(async (request, response) => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  heard.push({ key: request.headers['x-api-key'], body: JSON.parse(Buffer.concat(parts).toString()) });
  response.setHeader('content-type', 'application/json').end('{}');
});
let origin: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const body = { profileId: 'p', to: '628111000002', text: `It's $5, "friend" — ok?` };

test('the sample of Node sends what it shows', async () => {
  const sample = sampleOf('node', { origin, key: 'mwa_key', body });
  await import(`data:text/javascript,${encodeURIComponent(sample.replace('console.log', 'void '))}`);
  expect(heard.at(-1)).toEqual({ key: 'mwa_key', body });
});

test('no sample breaks on quotes, and each names the server, the key and the profile', () => {
  for (const language of ['curl', 'python', 'php'] as const) {
    const sample = sampleOf(language, { origin, key: 'mwa_key', body });
    for (const part of [`${origin}/api/v1/messages/text`, 'mwa_key', '628111000002'])
      expect(sample).toContain(part);
  }
  expect(sampleOf('curl', { origin, key: 'k', body })).toContain(`It'\\''s`);
  expect(sampleOf('php', { origin, key: 'k', body })).toContain('\\$5');
  expect(execFileSync('sh', ['-n', '-c', sampleOf('curl', { origin, key: 'k', body })]).toString()).toBe('');
});
