import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiClient, type Client } from '../../../test/client.ts';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { turnedClock } from '../../../test/kit/clock.ts';
import { type MailSink, startMailSink } from '../../../test/kit/mail-sink.ts';
import { quickPasswords } from '../../../test/password-cost.ts';
import { newTenant, type Tenant } from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';
import { type Gateway, startGateway } from '../../gateway.ts';
import { readConfig } from '../../platform/config/config.ts';
import { jobsChannel } from '../../platform/jobs/job-rows.store.ts';
import { createMailTransport } from './transport.ts';

const clock = turnedClock();
let sink: MailSink;
let database: TestDatabase;
let dataDir: string;
let gateway: Gateway;
let api: Client;
let tenant: Tenant;
let logged = '';

/** A gateway whose log hides nothing. */
function start(): Promise<Gateway> {
  const config = readConfig(
    {
      PORT: '0',
      DATA_DIR: dataDir,
      DATABASE_URL: database.databaseUrl,
      DATABASE_POOL_SIZE: '8',
      ENCRYPTION_KEY: 'ab'.repeat(32),
      SANDBOX: 'off',
      PUBLIC_URL: 'https://wa.example.com',
      ...sink.env,
    },
    '/',
  );
  const stream = {
    write(line: string) {
      logged += line;
    },
  };
  const log = pino({ level: 'trace' }, stream);
  return startGateway({ config, log, clock, sandboxCommand: [], strict: true, passwordCost: quickPasswords });
}

beforeAll(async () => {
  [sink, database, dataDir] = await Promise.all([
    startMailSink(),
    testDatabase(),
    mkdtemp(join(tmpdir(), 'mwa-mail-')),
  ]);
  gateway = await start();
  api = apiClient(gateway.url);
  tenant = await newTenant(api);
});
afterAll(async () => {
  await gateway?.close();
  await database?.drop();
  await sink?.close();
  await rm(dataDir, { recursive: true, force: true });
});

const password = 'three blue bicycles';
const invite = (email: string, more: object = {}) =>
  tenant.owner.post('/organizations/members', { email, name: 'Budi', ...more });
const tokenIn = (raw: string) => /accept-invitation#token=([\w-]{43})/.exec(raw)?.[1] ?? '';
const jobs = async () =>
  (await database.database.pool.query(`select * from jobs.job where name = 'mail.deliver'`)).rows;

/** What waits for its next attempt is due now. */
async function retryNow(): Promise<void> {
  const { pool } = database.database;
  await pool.query(`update jobs.job set start_after = now() where state = 'retry'`);
  await pool.query('select pg_notify($1, $2)', [jobsChannel, '']);
}

test('an invitation goes by letter alone, and who comes by its link has proven the address', async () => {
  const answer = await invite('budi@example.net');
  expect(answer).toMatchObject({ delivery: 'mail', status: 'invited' });
  expect(answer).not.toHaveProperty('token');
  expect(answer).not.toHaveProperty('inviteUrl');
  const { raw, recipients } = await sink.letterFor('budi@example.net');
  expect(recipients).toEqual(['budi@example.net']);
  expect(raw).toContain('Subject: You are invited to Bakery');
  expect(raw).toContain(`https://wa.example.com/accept-invitation#token=${tokenIn(raw)}`);
  const accepted = await api.post('/auth/invitations/accept', { token: tokenIn(raw), password });
  const { rows } = await database.database.pool.query('select email_verified_at from users where id = $1', [
    accepted.user.id,
  ]);
  expect(rows[0].email_verified_at).toBeInstanceOf(Date);
});

test('a link that is asked for as such is in the answer, and no letter goes out', async () => {
  const before = (await jobs()).length;
  const answer = await invite('link@example.net', { delivery: 'link' });
  expect(answer.inviteUrl).toBe(`https://wa.example.com/accept-invitation#token=${answer.token}`);
  expect(await jobs()).toHaveLength(before);
});

test('an invitation repeated with its idempotency key is one letter; without mail none is kept', async () => {
  const payload = { email: 'once@example.net', name: 'Once' };
  const key = { 'idempotency-key': 'invite-once' };
  const first = await tenant.owner.post('/organizations/members', payload, key);
  const again = await tenant.owner.call('POST', '/organizations/members', payload, key);
  expect(again.data).toEqual(first);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  await sink.letterFor('once@example.net');
  await until('the jobs are done', async () => (await jobs()).every(({ state }) => state === 'completed'));
  await until('they are to be forgotten in a minute', async () =>
    (await jobs()).every((job) => job.deletion_seconds === 60),
  );
  expect(sink.letters.filter(({ recipients }) => recipients.includes('once@example.net'))).toHaveLength(1);
  const shown = await tenant.owner.post(
    '/organizations/members',
    { ...payload, delivery: 'link' },
    { 'idempotency-key': 'invite-link' },
  );
  const { rows } = await database.database.pool.query(
    'select row_to_json(k)::text as row from idempotency_keys k',
  );
  expect(rows.map(({ row }) => row).join()).not.toContain(shown.token);
});

test('a letter outlasts a busy mail server and a restart of the gateway, and arrives once', async () => {
  sink.isBusy = true;
  await invite('patient@example.net');
  const mine = async () => (await jobs()).find(({ state }) => state !== 'completed');
  await until('the mail server refused', async () => (await mine())?.state === 'retry');
  await gateway.close();
  sink.isBusy = false;
  gateway = await start();
  api = apiClient(gateway.url);
  tenant = { ...tenant, owner: api.as({ 'x-api-key': tenant.credentials['x-api-key'] ?? '' }) };
  clock.advance({ minutes: 5 });
  await retryNow();
  const { raw } = await sink.letterFor('patient@example.net');
  await until('the job is done', async () => (await mine()) === undefined);
  const letters = sink.letters.filter(({ recipients }) => recipients.includes('patient@example.net'));
  expect(letters).toHaveLength(1);
  const accepted = await api.call('POST', '/auth/invitations/accept', { token: tokenIn(raw), password });
  expect(accepted.status).toBe(201);
});

test('neither the log nor the waiting or failed jobs show a link, a token or who a letter is for', async () => {
  sink.isBusy = true;
  await invite('canary@example.net');
  await until('the mail server refused', async () => (await jobs()).some(({ state }) => state === 'retry'));
  const waiting = JSON.stringify(await jobs());
  sink.isBusy = false;
  await retryNow();
  const token = tokenIn((await sink.letterFor('canary@example.net')).raw);
  await api.post('/auth/invitations/accept', { token, password });
  const everything = waiting + JSON.stringify(await jobs()) + logged;
  expect(logged).toContain('A job failed');
  for (const secret of [token, 'accept-invitation#', 'canary@example.net', 'invited to']) {
    expect(everything).not.toContain(secret);
  }
});

test('nothing that people call things adds a header or a recipient', async () => {
  await tenant.owner.put('/organizations/current', {
    name: 'Bakery\r\nBcc: victim@example.net\r\n\r\nEvil text',
  });
  await invite('target@example.net');
  const { raw, recipients } = await sink.letterFor('target@example.net');
  expect(recipients).toEqual(['target@example.net']);
  const [headers = ''] = raw.split('\r\n\r\n');
  expect(headers).not.toMatch(/^bcc:/im);
  expect(headers).not.toMatch(/^evil text/im);
});

test('even a letter with line breaks in its subject and two addresses in one reaches nobody else', async () => {
  const [host, port] = [sink.env.SMTP_HOST, Number(sink.env.SMTP_PORT)];
  const transport = createMailTransport({
    smtpHost: host,
    smtpPort: port,
    smtpSecurity: 'none',
    smtpUser: undefined,
    smtpPass: undefined,
    smtpFrom: 'gateway@example.org',
  });
  const before = sink.letters.length;
  await transport.send('one', { to: 'a@example.net', subject: 'Hi\r\nBcc: victim@example.net', text: 'x' });
  await transport
    .send('two', { to: 'a@example.net, victim@example.net', subject: 'Hi', text: 'x' })
    .catch(() => undefined);
  await transport
    .send('three', { to: 'a@example.net\r\nRCPT TO:<victim@example.net>', subject: 'Hi', text: 'x' })
    .catch(() => undefined);
  transport.close();
  for (const { recipients, raw } of sink.letters.slice(before)) {
    expect(recipients).not.toContain('victim@example.net');
    expect(raw.split('\r\n\r\n')[0]).not.toMatch(/^bcc:/im);
  }
});
