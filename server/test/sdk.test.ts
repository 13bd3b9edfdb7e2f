import { execFileSync, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse } from './house.ts';
import type { SandboxPhone } from './sandbox.ts';
import { type ConnectedProfile, connectedProfile, newCustomer, newTenant, type Tenant } from './tenant.ts';
import { until } from './until.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** A project with nothing in it but what `npm pack` of the client holds, and the one library it names. */
const project = mkdtempSync(join(tmpdir(), 'mwa-sdk-'));

let house: House;
let tenant: Tenant;
let profile: ConnectedProfile;
let customer: SandboxPhone;
let sdk: any;
let url: string;

beforeAll(async () => {
  const source = join(project, 'sdk');
  const modules = join(project, 'node_modules');
  mkdirSync(join(modules, '@multiwa'), { recursive: true });
  execFileSync(
    join(root, 'node_modules/.bin/tsc'),
    ['-p', 'sdk/tsconfig.build.json', '--outDir', join(source, 'dist')],
    {
      cwd: root,
    },
  );
  cpSync(join(root, 'sdk/package.json'), join(source, 'package.json'));
  execFileSync('npm', ['pack', '--pack-destination', project], { cwd: source, stdio: 'pipe' });
  execFileSync('tar', ['-xzf', 'multiwa-sdk-0.1.0.tgz'], { cwd: project });
  cpSync(join(project, 'package'), join(modules, '@multiwa/sdk'), { recursive: true });
  symlinkSync(join(root, 'node_modules/socket.io-client'), join(modules, 'socket.io-client'));
  sdk = await import(join(modules, '@multiwa/sdk/dist/index.js'));
  house = await openHouse();
  ({ url } = house.gateway);
  tenant = await newTenant(house.api);
  profile = await connectedProfile(tenant, house.sandbox);
  customer = await newCustomer(house.sandbox);
});
afterAll(async () => {
  await house?.close();
  rmSync(project, { recursive: true, force: true });
});

const key = () => tenant.credentials['x-api-key'];

test('the program of its readme sends and receives, in a project that has the package only', async () => {
  const readme = readFileSync(join(root, 'sdk/README.md'), 'utf8');
  const [, program = ''] = /```ts\n(.*?)```/s.exec(readme) ?? [];
  writeFileSync(join(project, 'example.mjs'), program);
  const env = { MULTIWA_URL: url, MULTIWA_KEY: key(), TO: customer.number };
  const running = spawn(process.execPath, ['example.mjs'], {
    cwd: project,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [running.stdout, running.stderr]) stream.on('data', (text) => (said += text));
  const ended = once(running, 'exit');
  await until('the text has arrived', async () =>
    (await customer.messages()).some(({ text }) => text === 'Hello!'),
  );
  await customer.sends(profile.phone.number, 'Good morning');
  const [code] = await ended;
  expect([code, said]).toEqual([0, expect.stringMatching(/^sent as [\w-]{36}$/m)]);
  expect(said).toMatch(/ wrote: Good morning$/m);
});

describe('a call that fails', () => {
  test('throws one class of error, with the code, every problem and the request', async () => {
    const client = sdk.connect({ url, apiKey: key() });
    const failed = await sdk
      .postMessagesText({ client, body: { profileId: profile.id } })
      .catch((error: any) => error);
    expect(failed).toBeInstanceOf(sdk.MultiWaError);
    expect(failed).toMatchObject({ code: 'VALIDATION_ERROR', status: 400, requestId: expect.any(String) });
    expect(failed.details.map(({ path }: any) => path)).toEqual(expect.arrayContaining(['/to', '/text']));
    const stranger = sdk.connect({ url, apiKey: 'mwa_wrong' });
    await expect(sdk.getProfiles({ client: stranger })).rejects.toMatchObject({
      code: 'INVALID_API_KEY',
      status: 401,
    });
    const nobody = sdk.connect({ url: 'http://127.0.0.1:9', apiKey: key() });
    await expect(sdk.getProfiles({ client: nobody })).rejects.toMatchObject({ code: 'NO_ANSWER', status: 0 });
  });
});

describe('tokens', () => {
  test('are renewed once when the server refuses one, and the calls go on', async () => {
    const { email, password } = tenant;
    const signedIn = await sdk.postAuthLogin({ client: sdk.connect({ url }), body: { email, password } });
    const changes: any[] = [];
    const tokens = sdk.keepTokens({
      ...{ url, tokens: { ...signedIn, accessToken: 'no token any more' } },
      changed: (now: any) => changes.push(now),
    });
    const client = sdk.connect({ url, tokens });
    const answers = await Promise.all([
      sdk.getAuthMe({ client }),
      sdk.getAuthMe({ client }),
      sdk.getAuthMe({ client }),
    ]);
    expect(answers.map((me) => me.email)).toEqual([email, email, email]);
    expect(changes).toHaveLength(1);
    expect(changes[0].refreshToken).not.toBe(signedIn.refreshToken);
    await sdk.postAuthLogout({ client });
    await expect(sdk.getAuthMe({ client })).rejects.toMatchObject({ status: 401 });
  });
});

describe('events', () => {
  test('go on behind the last one heard, each once and in order', async () => {
    const heard: any[] = [];
    const first = sdk.listen({ url, apiKey: key(), profileId: profile.id });
    first.on('message.received', (event: any) => heard.push(event));
    await first.ready;
    await customer.sends(profile.phone.number, 'one');
    await until('it is heard', () => heard.length === 1);
    first.close();
    await customer.sends(profile.phone.number, 'two');
    await until('it is kept', async () => {
      const { events } = await sdk.getEvents({
        client: sdk.connect({ url, apiKey: key() }),
        query: { after: `${first.sequence}` },
      });
      return events.some((one: any) => one.data.body === 'two');
    });
    const second = sdk.listen({ url, apiKey: key(), profileId: profile.id, after: first.sequence });
    second.on('message.received', (event: any) => heard.push(event));
    await second.ready;
    await customer.sends(profile.phone.number, 'three');
    await until('all are heard', () => heard.length === 3);
    expect(heard.map(({ data }) => data.body)).toEqual(['one', 'two', 'three']);
    expect(heard.map(({ sequence }) => sequence)).toEqual(
      heard.map(({ sequence }) => sequence).toSorted((a, b) => a - b),
    );
    second.close();
  });

  test('of this moment are heard beside those that have their place in the order', async () => {
    const listening = sdk.listen({ url, apiKey: key() });
    const heard: any[] = [];
    listening.on('webhook.activity', (event: any) => heard.push(event));
    await listening.ready;
    const webhook = await tenant.owner.post('/webhooks', {
      url: 'http://receiver.sandbox.internal/sdk',
      events: ['message.received'],
    });
    await customer.sends(profile.phone.number, 'four');
    await until('it is heard', () => heard.length > 0);
    expect(heard[0]).toMatchObject({ sequence: 0, data: { webhookId: webhook.id, delivered: 1, failed: 0 } });
    listening.close();
  });

  test('say when they end: a wrong key is refused, and nothing is tried again', async () => {
    const why = await new Promise<{ message: string }>((ended) => {
      sdk.listen({ url, apiKey: 'mwa_wrong', ended });
    });
    expect(why.message).toEqual(expect.any(String));
  });
});

test('a delivery of a webhook is believed only with its signature, its bytes and its time', async () => {
  const secret = `whsec_${Buffer.from('a secret of the tests').toString('base64')}`;
  const body = '{"event":"test"}';
  const now = new Date('2026-02-05T10:00:00Z');
  const time = String(now.getTime() / 1000);
  const signature = createHmac('sha256', 'a secret of the tests')
    .update(`m1.${time}.${body}`)
    .digest('base64');
  const headers = {
    'webhook-id': 'm1',
    'webhook-timestamp': time,
    'webhook-signature': `v1,AAAA v1,${signature}`,
  };
  const verify = (more: object) => sdk.verifyWebhook({ secret, headers, body, now, ...more });
  expect(await verify({})).toEqual({ event: 'test' });
  expect(await verify({ headers: new Headers(headers) })).toEqual({ event: 'test' });
  for (const wrong of [
    { body: '{"event":"tests"}' },
    { secret: 'whsec_AAAA' },
    { now: new Date(now.getTime() + 301_000) },
    { headers: { ...headers, 'webhook-id': 'm2' } },
    { headers: {} },
  ]) {
    await expect(verify(wrong)).rejects.toBeInstanceOf(sdk.WebhookNotVerified);
  }
});
