import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { type Signature, whyNotSigned } from './signature.ts';

const now = new Date('2026-02-05T10:00:00Z');
const seconds = now.getTime() / 1_000;
const raw = Buffer.from('{"order":"1042"}');
const secret = 'the secret of the shop';
const hmac = (text: string | Buffer, encoding: 'hex' | 'base64', algorithm = 'sha256') =>
  createHmac(algorithm, secret).update(text).digest(encoding);
const stripe = (time: number, more = '') =>
  `t=${time},v0=00,${more}v1=${hmac(`${time}.${raw.toString()}`, 'hex')}`;
const check = (signature: Signature, headers: Record<string, string>, body = raw, key = secret) =>
  whyNotSigned(signature, key, { headers, raw: body }, now);

test('the example in the documentation of GitHub is believed', () => {
  const header = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
  const said = Buffer.from('Hello, World!');
  const headers = { 'x-hub-signature-256': header };
  expect(check({ form: 'github' }, headers, said, "It's a Secret to Everybody")).toBeUndefined();
  expect(check({ form: 'github' }, headers, said)).toMatch(/is wrong/);
});

test.each<[string, Signature, Record<string, string>]>([
  ['none', { form: 'none' }, {}],
  ['hmac', { form: 'hmac' }, { 'x-signature': hmac(raw, 'hex') }],
  [
    'hmac as it is configured',
    { form: 'hmac', header: 'X-Proof', algorithm: 'sha512', encoding: 'base64', prefix: 'v=' },
    { 'x-proof': `v=${hmac(raw, 'base64', 'sha512')}` },
  ],
  ['shopify', { form: 'shopify' }, { 'x-shopify-hmac-sha256': hmac(raw, 'base64') }],
  ['woocommerce', { form: 'woocommerce' }, { 'x-wc-webhook-signature': hmac(raw, 'base64') }],
  ['stripe', { form: 'stripe' }, { 'stripe-signature': stripe(seconds) }],
  ['stripe of two secrets', { form: 'stripe' }, { 'stripe-signature': stripe(seconds, 'v1=1234,') }],
  [
    'stripe within a tolerance of its own',
    { form: 'stripe', toleranceSeconds: 900 },
    { 'stripe-signature': stripe(seconds - 600) },
  ],
])('%s: the right signature is believed, another body, none and a cut one are not', (_, form, headers) => {
  expect(check(form, headers)).toBeUndefined();
  if (form.form === 'none') return;
  expect(check(form, headers, Buffer.from('{"order":"1043"}'))).toMatch(/wrong/);
  expect(check(form, headers, raw, 'another secret')).toMatch(/wrong/);
  expect(check(form, {})).toMatch(/missing/);
  const cut = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.slice(0, -4)]));
  expect(check(form, cut)).toMatch(/wrong/);
});

test('a signed time that is old, to come or no time is refused', () => {
  for (const time of [seconds - 301, seconds + 301]) {
    expect(check({ form: 'stripe' }, { 'stripe-signature': stripe(time) })).toMatch(/too old/);
  }
  expect(check({ form: 'stripe' }, { 'stripe-signature': 'v1=00' })).toMatch(/no time/);
});

test('what a library of Standard Webhooks signs is believed', () => {
  const key = `whsec_${Buffer.from(secret).toString('base64')}`;
  const signature = new Webhook(key).sign('msg_1', now, raw.toString());
  const headers = {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(seconds),
    'webhook-signature': `v1,AAAA ${signature}`,
  };
  expect(check({ form: 'standard' }, headers, raw, key)).toBeUndefined();
  expect(check({ form: 'standard' }, { ...headers, 'webhook-id': 'msg_2' }, raw, key)).toMatch(/wrong/);
});
