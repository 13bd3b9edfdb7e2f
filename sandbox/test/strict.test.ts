import { WA_CERT_DETAILS } from 'baileys';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Checked } from './judging-curve.ts';
import { TestSandbox } from './kit.ts';
import { until } from './until.ts';

/** The released client throws the outcome of every signature check away. Here it counts, before the client is loaded. */
const checked = vi.hoisted((): Checked => {
  const judging = new URL('./judging-curve.ts', import.meta.url).href;
  process.getBuiltinModule('node:module').registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'libsignal/src/curve.js' && context.parentURL !== judging
        ? next(judging, context)
        : next(specifier, context),
  });
  const counts = { true: 0, false: 0 };
  Reflect.set(globalThis, Symbol.for('checked signatures'), counts);
  return counts;
});

let kit: TestSandbox;
beforeAll(async () => {
  kit = await TestSandbox.start();
});
afterAll(() => kit.close());

test('a client that really verifies refuses the network as long as it trusts another root', async () => {
  const client = kit.client();
  client.connect();
  await until('the close', () => client.closes.length > 0);
  expect(client.closes[0]?.message).toBe('noise intermediate certificate signature invalid');
  expect(checked.false).toBe(1);
});

test('a client that verifies finds every signature true: certificates, pairing, keys', async () => {
  const { body } = await kit.get<{ rootPublicKey: string }>('/api/health');
  Object.assign(WA_CERT_DETAILS, { PUBLIC_KEY: Buffer.from(body.rootPublicKey, 'hex') });
  checked.false = 0;
  checked.true = 0;
  const [anna, ben] = await Promise.all([kit.linked('628999000001'), kit.linked('628999000002')]);
  const laptop = await kit.linked('628999000001');
  await anna.say('628999000002', 'strictly');
  await Promise.all([ben.heard('strictly'), laptop.heard('strictly')]);
  await kit.post('/api/phones/628999000003/messages', {
    to: '628999000001',
    type: 'text',
    text: 'from a phone',
  });
  await Promise.all([anna.heard('from a phone'), laptop.heard('from a phone')]);
  expect(checked.false).toBe(0);
  // Two certificates at each of six connections, an account at each of three pairings; the keys of those who are written
  // to are judged where sessions are opened, which fails when they are not true.
  expect(checked.true).toBeGreaterThanOrEqual(15);
});

test('a client that really verifies refuses what was made wrong on purpose, and only that', async () => {
  const anna = await kit.linked('628999000004');
  for (const [name, message] of [
    ['certificate-garbage-signature', 'noise certificate signature invalid'],
    ['certificate-wrong-issuer', 'certification match failed'],
  ] as const) {
    await kit.post('/api/faults', { name, count: 1 });
    const client = kit.client();
    client.connect();
    await until('the close', () => client.closes.length > 0);
    expect(client.closes, name).toEqual([{ code: 400, message }]);
  }
  await kit.post('/api/phones', { number: '628999000005' });
  await kit.post('/api/faults', { name: 'bundle-wrong-signature', number: '628999000004' });
  await expect(anna.say('628999000005', 'nothing')).rejects.toThrow('Invalid signature on device key');
  await kit.ask('DELETE', '/api/faults');
  await anna.say('628999000005', 'something');
  await until('it arrives', async () => (await kit.seen('628999000005')).length === 1);
});
