import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../../test/house.ts';
import { type MailSink, startMailSink } from '../../../../test/kit/mail-sink.ts';
import { newTenant, type Tenant } from '../../../../test/tenant.ts';
import { until } from '../../../../test/until.ts';
import { jobsChannel } from '../../../platform/jobs/job-rows.store.ts';
import { codeOf } from '../two-factor/testing.ts';

let house: House;
let sink: MailSink;
beforeAll(async () => {
  sink = await startMailSink();
  house = await openHouse({ ...sink.env, PUBLIC_URL: 'https://chat.example.org/' });
});
afterAll(async () => {
  await house?.close();
  await sink?.close();
});

const newPassword = 'four green scooters';
const post = (path: string, body: object) => house.api.call('POST', path, body);
const codeFrom = async (path: string, body: object) => (await post(path, body)).body.error?.code;
const forget = (email: string) => post('/auth/forgot-password', { email });
const pages = { reset: 'reset-password', verify: 'verify-email' };
const tokenIn = (raw: string, page: string) =>
  new RegExp(`https://chat\\.example\\.org/${page}#token=([\\w-]{43})`).exec(raw)?.[1] ?? '';
/** That of the next letter with such a link: what changed in an account is told by letters, too. */
async function nextToken(email: string, page: keyof typeof pages): Promise<string> {
  for (;;) {
    const token = tokenIn((await sink.letterFor(email)).raw, pages[page]);
    if (token !== '') return token;
  }
}

/** A new person whose verification letter has arrived. */
async function person(): Promise<Tenant & { verifyToken: string }> {
  // Letters of the test before no longer count.
  house.clock.advance({ minutes: 16 });
  const tenant = await newTenant(house.api);
  return { ...tenant, verifyToken: await nextToken(tenant.email, 'verify') };
}
const query = async (text: string, values: string[] = []) =>
  (await house.database.database.pool.query(text, values)).rows;

test('a letter after registering verifies the address, once', async () => {
  const { owner, verifyToken: token } = await person();
  expect((await owner.get('/auth/me')).emailVerified).toBe(false);
  expect((await post('/auth/verify-email', { token })).data).toEqual({ success: true });
  expect((await owner.get('/auth/me')).emailVerified).toBe(true);
  expect((await post('/auth/verify-email', { token })).body.error.code).toBe('LINK_NOT_VALID');
});

test('a password is set anew by letter, once, ending every session, and tells of no account', async () => {
  const { owner, email } = await person();
  const [known, unknown] = [await forget(email), await forget('nobody@example.org')];
  expect([known.status, known.data]).toEqual([unknown.status, unknown.data]);
  const token = await nextToken(email, 'reset');
  expect((await post('/auth/reset-password', { token, newPassword: 'short' })).status).toBe(400);
  expect((await post('/auth/reset-password', { token, newPassword })).data).toEqual({ success: true });
  expect((await owner.call('GET', '/auth/me')).status).toBe(401);
  expect((await post('/auth/login', { email, password: newPassword })).status).toBe(200);
  expect((await post('/auth/reset-password', { token, newPassword })).body.error.code).toBe('LINK_NOT_VALID');
  expect(sink.letters.some(({ recipients }) => recipients.includes('nobody@example.org'))).toBe(false);
});

test('letters are limited to five an hour for an account, known or not, and twenty per address', async () => {
  const { email } = await person();
  for (const whose of [email, 'somebody@example.org']) {
    for (let index = 0; index < 5; index++) expect((await forget(whose)).status).toBe(200);
    const refused = await forget(whose.toUpperCase());
    expect([refused.status, refused.body.error.code]).toEqual([429, 'RATE_LIMITED']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3500);
  }
  for (let index = 12; index < 20; index++) {
    expect((await forget(`other${index}@example.org`)).status).toBe(200);
  }
  const refused = await forget('other20@example.org');
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(900);
  house.clock.advance({ minutes: 61 });
  expect((await forget(email)).status).toBe(200);
});

test('a letter that is written twice goes out once, and its used link stays used', async () => {
  const { email } = await person();
  await forget(email);
  const token = await nextToken(email, 'reset');
  const name = 'auth.write-reset-letter';
  const isDone = async () =>
    (await query(`select from jobs.job where name = $1 and state <> 'completed'`, [name])).length === 0;
  const waits = `select from jobs.job where name = 'mail.deliver' and state <> 'completed'`;
  const allWent = () => until('no letter waits', async () => (await query(waits)).length === 0);
  // That the password was changed is told by a letter, too, when it comes to it.
  const withLink = () => sink.letters.filter(({ raw }) => raw.includes('#token='));
  const again = async () => {
    await until('the letters are written', isDone);
    await allWent();
    const letters = withLink().length;
    await query(`update jobs.job set state = 'created', completed_on = null where name = $1`, [name]);
    await query('select pg_notify($1, $2)', [jobsChannel, name]);
    await until('the letters are written anew', isDone);
    await allWent();
    expect(withLink()).toHaveLength(letters);
  };
  await again();
  expect((await post('/auth/reset-password', { token, newPassword })).status).toBe(200);
  await again();
  expect(await codeFrom('/auth/reset-password', { token, newPassword })).toBe('LINK_NOT_VALID');
});

test('of several letters every link is good until one is used, which ends the others', async () => {
  const { email } = await person();
  await forget(email);
  const first = await nextToken(email, 'reset');
  await forget(email);
  const second = await nextToken(email, 'reset');
  expect(await codeFrom('/auth/reset-password', { token: first, newPassword: 'short' })).toBe(
    'VALIDATION_ERROR',
  );
  expect((await post('/auth/reset-password', { token: second, newPassword })).status).toBe(200);
  expect(await codeFrom('/auth/reset-password', { token: first, newPassword })).toBe('LINK_NOT_VALID');
});

test('a link to a new password is good for an hour, one that verifies a day, neither for both', async () => {
  const { owner, email, verifyToken } = await person();
  await forget(email);
  const token = await nextToken(email, 'reset');
  expect(await codeFrom('/auth/verify-email', { token })).toBe('LINK_NOT_VALID');
  const asReset = { token: verifyToken, newPassword };
  expect(await codeFrom('/auth/reset-password', asReset)).toBe('LINK_NOT_VALID');
  house.clock.advance({ minutes: 59 });
  expect(await codeFrom('/auth/reset-password', { token, newPassword: 'short' })).toBe('VALIDATION_ERROR');
  house.clock.advance({ minutes: 1 });
  expect(await codeFrom('/auth/reset-password', { token, newPassword })).toBe('LINK_NOT_VALID');
  house.clock.advance({ hours: 23 });
  expect(await codeFrom('/auth/verify-email', { token: verifyToken })).toBe('LINK_NOT_VALID');
  await owner.post('/auth/verify-email/request');
  const later = await nextToken(email, 'verify');
  house.clock.advance({ hours: 23, minutes: 59 });
  expect((await post('/auth/verify-email', { token: later })).status).toBe(200);
});

test('no link counts once the address of the account is another', async () => {
  const { email, organizationId, verifyToken } = await person();
  await forget(email);
  const token = await nextToken(email, 'reset');
  await query('update users set email = $1 where organization_id = $2', [`new-${email}`, organizationId]);
  expect(await codeFrom('/auth/reset-password', { token, newPassword })).toBe('LINK_NOT_VALID');
  expect(await codeFrom('/auth/verify-email', { token: verifyToken })).toBe('LINK_NOT_VALID');
});

test('who asks gets another letter that verifies, five an hour, and none once it is verified', async () => {
  const { owner, email } = await person();
  const ask = () => owner.call('POST', '/auth/verify-email/request');
  for (let index = 0; index < 5; index++) expect((await ask()).data).toEqual({ success: true });
  const refused = await ask();
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  const token = await nextToken(email, 'verify');
  expect((await post('/auth/verify-email', { token })).status).toBe(200);
  const letters = () => query(`select from jobs.job where name = 'mail.deliver'`);
  const before = await letters();
  expect((await ask()).data).toEqual({ success: true });
  expect(await letters()).toHaveLength(before.length);
});

test('a new password by letter ends sessions and logins, keeps the second factor, is audited', async () => {
  const { owner, email, password, organizationId, verifyToken } = await person();
  const { secret } = await owner.post('/auth/2fa/setup');
  await owner.post('/auth/2fa/enable', { token: codeOf(house, secret) });
  house.clock.advance({ minutes: 1 });
  const { userId, challenge } = (await post('/auth/login', { email, password })).data;
  await post('/auth/verify-email', { token: verifyToken });
  await forget(email);
  const token = await nextToken(email, 'reset');
  expect((await post('/auth/reset-password', { token, newPassword })).status).toBe(200);
  expect((await owner.call('GET', '/auth/me')).status).toBe(401);
  const late = { userId, challenge, token: codeOf(house, secret) };
  expect(await codeFrom('/auth/2fa/verify', late)).toBe('LOGIN_CHALLENGE_GONE');
  expect((await post('/auth/login', { email, password })).status).toBe(401);
  const { data } = await post('/auth/login', { email, password: newPassword });
  expect(data).toMatchObject({ requires2FA: true, userId });
  const step = { userId, challenge: data.challenge, token: codeOf(house, secret) };
  expect((await post('/auth/2fa/verify', step)).status).toBe(200);

  const rows = await query('select * from audit_logs where organization_id = $1 order by id', [
    organizationId,
  ]);
  const ofLetters = rows.filter(({ action }) => /password_reset|email_verify/.test(action));
  expect(ofLetters.map(({ action }) => action)).toEqual([
    'auth.email_verify',
    'auth.password_reset_request',
    'auth.password_reset',
  ]);
  expect(ofLetters[2]?.metadata).toEqual({ sessionsEnded: 1 });
  const told = await query("select body from events where name = 'account.secured' order by seq", []);
  expect(told.at(-1)?.body).toEqual({ userId, change: 'password' });
  for (const row of ofLetters) expect(row).toMatchObject({ user_id: userId, resource_id: userId });
  for (const hidden of [email, token, verifyToken, newPassword]) {
    expect(JSON.stringify(rows)).not.toContain(hidden);
  }
});

test('whose password is being guessed is told once a day, by a letter and in the audit log', async () => {
  const { email, password, organizationId } = await person();
  // Nobody has signed in from here.
  await query('update auth_sessions set ip_address = null');
  await query('delete from sign_in_places');
  const guesses = (whose: string) =>
    Promise.all(Array.from({ length: 10 }, () => post('/auth/login', { email: whose, password: 'guess' })));
  const answers = [await guesses(email), await guesses('somebody.else@example.org')];
  const counts = answers.map((some) => some.filter(({ status }) => status === 401).length);
  expect(counts).toEqual([8, 8]);
  const { raw } = await sink.letterFor(email);
  expect(raw).toMatch(/Subject: Somebody is guessing your MultiWA password/);
  house.clock.advance({ minutes: 16 });
  await guesses(email);
  house.clock.advance({ minutes: 16 });
  expect((await post('/auth/login', { email, password })).status).toBe(200);
  const rows = await query(`select * from audit_logs where action = 'auth.guessing'`);
  expect(rows).toMatchObject([{ organization_id: organizationId, user_id: null, outcome: 'failed' }]);
  expect(sink.letters.some(({ recipients }) => recipients.includes('somebody.else@example.org'))).toBe(false);
});

test('letters that others ask for keep nobody from a new password', async () => {
  const { email } = await person();
  const elsewhere = `${email} 203.0.113.7`;
  for (let index = 0; index < 5; index++) {
    await forget(email);
    await query(
      `update attempt_counters set key = 'reset-letter-place:' || $1 || $2
      where key = 'reset-letter-place:' || $3`,
      [elsewhere, String(index), `${email} 127.0.0.1`],
    );
  }
  const tokens: string[] = [];
  for (let index = 0; index < 5; index++) tokens.push(await nextToken(email, 'reset'));
  // The sixth request sends no letter, and the earlier links are good.
  expect((await forget(email)).status).toBe(200);
  house.clock.advance({ minutes: 58 });
  expect((await post('/auth/reset-password', { token: tokens[4], newPassword })).status).toBe(200);
  // After a new password further letters are sent, and the person signs in from there whoever guesses elsewhere.
  expect((await forget(email)).status).toBe(200);
  expect(await nextToken(email, 'reset')).not.toBe('');
  const places = await query(
    'select network from sign_in_places join users on users.id = user_id where email = $1',
    [email],
  );
  expect(places).toEqual([{ network: '127.0.0.1' }]);
});
