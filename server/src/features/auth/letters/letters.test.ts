import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../../test/house.ts';
import { type MailSink, startMailSink } from '../../../../test/mail-sink.ts';
import { newTenant } from '../../../../test/tenant.ts';

let house: House;
let sink: MailSink;
beforeAll(async () => {
  sink = await startMailSink();
  house = await openHouse({ ...sink.env, PUBLIC_URL: 'https://chat.example.org/' });
}, 60_000);
afterAll(async () => {
  await house?.close();
  await sink?.close();
});

const tokenIn = (raw: string, page: string) =>
  new RegExp(`https://chat\\.example\\.org/${page}#token=([\\w-]{43})`).exec(raw)?.[1] ?? '';
const post = (path: string, body: object) => house.api.call('POST', path, body);

test('a letter after registering verifies the address, once', async () => {
  const { owner, email } = await newTenant(house.api);
  expect((await owner.get('/auth/me')).emailVerified).toBe(false);
  const token = tokenIn((await sink.letterFor(email)).raw, 'verify-email');
  expect((await post('/auth/verify-email', { token })).data).toEqual({ success: true });
  expect((await owner.get('/auth/me')).emailVerified).toBe(true);
  expect((await post('/auth/verify-email', { token })).body.error.code).toBe('LINK_NOT_VALID');
});

test('a forgotten password is set anew by letter, once, and every session ends; nobody learns who has an account', async () => {
  const { owner, email } = await newTenant(house.api);
  await sink.letterFor(email);
  const [known, unknown] = [
    await post('/auth/forgot-password', { email }),
    await post('/auth/forgot-password', { email: 'nobody@example.org' }),
  ];
  expect([known.status, known.data]).toEqual([unknown.status, unknown.data]);
  const token = tokenIn((await sink.letterFor(email)).raw, 'reset-password');
  const newPassword = 'four green scooters';
  expect((await post('/auth/reset-password', { token, newPassword: 'short' })).status).toBe(400);
  expect((await post('/auth/reset-password', { token, newPassword })).data).toEqual({ success: true });
  expect((await owner.call('GET', '/auth/me')).status).toBe(401);
  expect((await post('/auth/login', { email, password: newPassword })).status).toBe(200);
  expect((await post('/auth/reset-password', { token, newPassword })).body.error.code).toBe('LINK_NOT_VALID');
  expect(sink.letters.some(({ recipients }) => recipients.includes('nobody@example.org'))).toBe(false);
});
