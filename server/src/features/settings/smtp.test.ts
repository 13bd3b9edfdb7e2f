import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { sql } from 'kysely';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../../../test/house.ts';
import { type MailSink, startMailSink } from '../../../test/kit/mail-sink.ts';
import { newTenant, type Tenant } from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';

const password = 'a long password of ours';
let house: House;
let operators: MailSink;
let own: Awaited<ReturnType<typeof startOwn>>;
let tenant: Tenant;

/** A mail server with a login that keeps letters, and refuses some senders. */
async function startOwn() {
  const letters: { from: string; to: string[]; raw: string }[] = [];
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth({ username, password: given }, _session, done) {
      if (username === 'letters' && given === password) return done(null, { user: username });
      done(Object.assign(new Error('Authentication failed'), { responseCode: 535 }));
    },
    onMailFrom({ address }, _session, done) {
      if (address.startsWith('letters@')) return done();
      done(Object.assign(new Error('Not your address'), { responseCode: 550 }));
    },
    onData(stream, { envelope }, done) {
      let raw = '';
      stream.on('data', (chunk: Buffer) => {
        raw += chunk.toString('utf8');
      });
      stream.on('end', () => {
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        letters.push({ from, to: envelope.rcptTo.map(({ address }) => address), raw });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return { letters, port, close: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}

beforeAll(async () => {
  [operators, own] = await Promise.all([startMailSink(), startOwn()]);
  house = await openHouse({ ...operators.env, OUTBOUND_ALLOW: '127.0.0.1/32' });
  tenant = await newTenant(house.api);
});
afterAll(async () => {
  await house?.close();
  await Promise.all([operators?.close(), own?.close()]);
});

const settings = () => ({
  ...{ host: '127.0.0.1', port: own.port, user: 'letters', pass: password },
  from: 'Bakery <letters@bakery.example>',
});
const put = (body: object, who = tenant) => who.owner.call('PUT', '/settings/smtp', body);
const tryOut = (body: object = {}, query = '', who = tenant) =>
  who.owner.post(`/settings/smtp/test${query}`, body);
const invite = (email: string, who = tenant) =>
  who.owner.post('/organizations/members', { email, name: 'Guest', delivery: 'mail' });

test("letters of an organisation go through its own mail server, others through the server's", async () => {
  const before = await tenant.owner.get('/settings/smtp');
  expect(before).toEqual({
    ...{ host: null, port: null, user: null, pass: null, secure: false },
    ...{ from: 'MultiWA <gateway@example.org>', source: 'env' },
  });
  const saved = await put(settings());
  expect([saved.status, saved.data.success, saved.data.smtp.source]).toEqual([200, true, 'database']);
  await invite('guest@example.com');
  const letter = await until('the letter has come', async () =>
    own.letters.find(({ to }) => to.includes('guest@example.com')),
  );
  expect(letter.from).toBe('letters@bakery.example');
  expect(letter.raw).toContain('From: Bakery <letters@bakery.example>');
  const other = await newTenant(house.api);
  await invite('stranger@example.com', other);
  await operators.letterFor('stranger@example.com');
  // Whoever runs a mail server reads its letters: those that open an account are not the organisation's.
  await house.api.post('/auth/forgot-password', { email: tenant.email });
  await operators.letterFor(tenant.email);
  expect(own.letters.flatMap(({ to }) => to)).toEqual(['guest@example.com']);
  expect(operators.letters.some(({ recipients }) => recipients.includes('guest@example.com'))).toBe(false);
});

test('a password is sealed, masked, kept by its mask, and never sent to another host', async () => {
  await put(settings());
  const shown = await tenant.owner.get('/settings/smtp');
  expect(shown).toMatchObject({ host: '127.0.0.1', user: 'letters', pass: '********ours' });
  const { rows } = await sql<{ row: string }>`
    select s::text as row from organization_settings s`.execute(house.database.database.db);
  const kept = JSON.stringify([rows, shown]);
  expect(kept).not.toContain(password);
  expect(kept).not.toContain(Buffer.from(password).toString('hex'));
  expect((await put({ from: 'letters@other.example', pass: shown.pass })).status).toBe(200);
  expect(await tryOut()).toMatchObject({ success: true, code: null });
  expect(await tryOut({ ...shown, port: own.port })).toMatchObject({ success: true });
  for (const elsewhere of [{ host: 'mail.example.com' }, { port: 2525 }, { ...shown, host: '127.0.0.2' }]) {
    const refused = await put(elsewhere);
    expect(refused.body.error.details).toEqual([
      { path: '/pass', problem: 'is needed anew for another host' },
    ]);
    expect((await tenant.owner.call('POST', '/settings/smtp/test', elsewhere)).status).toBe(400);
  }
  const other = await newTenant(house.api);
  const mask = await put({ ...settings(), pass: '********ours' }, other);
  expect(mask.body.error.details).toEqual([{ path: '/pass', problem: 'is a mask, and no password is set' }]);
  expect(await other.owner.get('/settings/smtp')).toMatchObject({ source: 'env', host: null });
});

test('everything wrong with a body is told at once, and nothing of it is kept', async () => {
  const other = await newTenant(house.api);
  const body = {
    host: 'smtp://mail',
    user: 'a\r\nb',
    pass: 'x\ny',
    from: 'x@example.com\r\nBcc: v@example.com',
  };
  const refused = await put(body, other);
  expect([refused.status, refused.body.error.code]).toEqual([400, 'VALIDATION_ERROR']);
  expect(refused.body.error.details.map(({ path }: { path: string }) => path)).toEqual([
    ...['/host', '/user', '/pass', '/from', '/from'],
  ]);
  const paths = async (wrong: object) =>
    (await put(wrong, other)).body.error.details.map(({ path }: { path: string }) => path);
  expect(await paths({ port: 0, secure: 'yes' })).toEqual(['/port', '/secure']);
  expect(await paths({ from: 'a@example.com' })).toEqual(['/host']);
  expect(await paths({ host: 'mail.example.com', from: 'a@example.com, b@example.com' })).toEqual(['/from']);
  expect((await other.owner.get('/settings/smtp')).source).toBe('env');
});

test('taken away, the mail server of this server counts again', async () => {
  const other = await newTenant(house.api);
  await put(settings(), other);
  expect((await put({ host: null }, other)).data.smtp.source).toBe('env');
  await invite('again@example.com', other);
  await operators.letterFor('again@example.com');
});

test('a test says in words what happened, and reaches no private address that is not allowed', async () => {
  house.clock.advance({ minutes: 1 });
  await put(settings());
  expect(await tryOut()).toMatchObject({ success: true, message: '127.0.0.1 took the login.' });
  expect(await tryOut({}, '?sendTo=who@example.com')).toMatchObject({ success: true });
  expect(own.letters.at(-1)?.to).toEqual(['who@example.com']);
  const told = async (body: object, query = '') => {
    const { success, code, message } = await tryOut({ ...settings(), ...body }, query);
    expect(success).toBe(false);
    return [code, message];
  };
  expect(await told({ pass: 'guessed' })).toEqual(['login', expect.stringContaining('refused the user or')]);
  expect(await told({ from: 'x@bakery.example' }, '?sendTo=who@example.com')).toEqual([
    'sender',
    expect.stringContaining('Not your address'),
  ]);
  expect(await told({ secure: true })).toEqual(['tls', expect.stringContaining('TLS')]);
  expect(await told({ host: 'nowhere.invalid' })).toEqual([
    'dns',
    'The name nowhere.invalid could not be resolved.',
  ]);
  expect(await told({ host: '10.1.2.3' })).toEqual(['target', expect.stringContaining('OUTBOUND_ALLOW')]);
  const closed = await listening((server) => server.close());
  expect(await told({ port: closed.port })).toEqual(['connection', expect.stringContaining('refused')]);
});

test('a mail server that never says a word holds a test for seconds only', async () => {
  const other = await newTenant(house.api);
  const silent = await listening(() => undefined);
  const { success, code, durationMs } = await tryOut({ ...settings(), port: silent.port }, '', other);
  expect([success, code]).toEqual([false, 'timeout']);
  expect(durationMs).toBeLessThan(60_000);
  silent.server.close();
});

test('through the mail server of this server a test reaches only oneself; ten a minute at most', async () => {
  const other = await newTenant(house.api);
  expect(await tryOut({}, '?sendTo=victim@example.com', other)).toMatchObject({ success: false });
  expect(await tryOut({}, `?sendTo=${other.email}`, other)).toMatchObject({ success: true });
  await operators.letterFor(other.email);
  expect(operators.letters.some(({ recipients }) => recipients.includes('victim@example.com'))).toBe(false);
  for (let n = 0; n < 8; n++) await tryOut({}, '', other);
  const refused = await other.owner.call('POST', '/settings/smtp/test', {});
  expect([refused.status, refused.body.error.code]).toEqual([429, 'RATE_LIMITED']);
  house.clock.advance({ minutes: 1 });
  expect(await tryOut({}, '', other)).toMatchObject({ success: true });
});

/** Something that listens and does not speak SMTP. */
async function listening(then: (server: Server) => unknown) {
  const server = createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  then(server);
  return { server, port };
}
