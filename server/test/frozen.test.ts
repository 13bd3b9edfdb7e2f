import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Answer } from './client.ts';
import { databaseUrlOn } from './global-setup.ts';
import { startTestServer, type TestServer } from './postgres-server.ts';
import { type ServerProcess, startServer } from './server-process.ts';
import { newNumber, newTenant, type Tenant } from './tenant.ts';
import { until } from './until.ts';

let postgres: TestServer;
let folder: string;
let postmaster: number;
let server: ServerProcess;
let tenant: Tenant;
let profileId: string;
let database: Client;
let complaints = '';

/** A PostgreSQL of its own, because everybody else of the run goes on with theirs. */
beforeAll(async () => {
  postgres = await startTestServer();
  folder = await mkdtemp(join(tmpdir(), 'mwa-frozen-'));
  const databaseUrl = databaseUrlOn(postgres.url, 'multiwa');
  server = await startServer({
    DATA_DIR: folder,
    DATABASE_URL: databaseUrl,
    DATABASE_POOL_SIZE: '6',
    SANDBOX: 'external',
    SANDBOX_PORT: new URL(inject('sandboxUrl')).port,
    LOG_LEVEL: 'warn',
  });
  server.child.stderr?.on('data', (text: Buffer) => {
    complaints += text.toString();
  });
  database = new Client({ connectionString: databaseUrl });
  await database.connect();
  const { rows } = await database.query(`select current_setting('data_directory') as folder`);
  postmaster = Number(readFileSync(join(rows[0].folder, 'postmaster.pid'), 'utf8').split('\n')[0]);
  tenant = await newTenant(server.api);
  profileId = (await tenant.key.post('/profiles', { engine: 'sandbox' })).id;
});
afterAll(async () => {
  if (postmaster) signal('SIGCONT');
  await server?.kill();
  await database?.end();
  await postgres?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Every process of the PostgreSQL at once. */
function signal(name: 'SIGSTOP' | 'SIGCONT'): void {
  const children = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8').trim();
  for (const pid of [postmaster, ...children.split(' ').map(Number)]) process.kill(pid, name);
}

/** Seconds of a processor that the server has used. */
function workedSeconds(): number {
  const stat = readFileSync(`/proc/${server.child.pid}/stat`, 'utf8').replace(/^.*\) /, '');
  const [user, system] = stat.split(' ').slice(11, 13);
  return (Number(user) + Number(system)) / 100;
}

interface Timed extends Answer {
  ms: number;
}
async function timed(work: Promise<Answer>): Promise<Timed> {
  const beganMs = performance.now();
  return { ...(await work), ms: performance.now() - beganMs };
}
const send = (text: string, to: string, key?: string) =>
  timed(
    tenant.key.call(
      'POST',
      '/messages/text',
      { profileId, to, text },
      key === undefined ? {} : { 'idempotency-key': key },
    ),
  );
/** What a machine that is busy with something else may take longer; a query that waits for the disk waits for good. */
const busyMs = 4_000;
const ready = async () => (await server.api.call('GET', '/health/ready')).status;
const storedTexts = async () => {
  const { rows } = await database.query(
    `select content->>'text' as text, count(*)::int as n from messages group by 1`,
  );
  return new Map<string, number>(rows.map(({ text, n }) => [text, n]));
};

test('while the database is frozen all is answered within 5 s; later a key tells what happened', async () => {
  const [known, unknown] = [newNumber(), newNumber()];
  await send('begin', known);
  // A stream of sends with keys, some of which the frost catches in the middle, commits among them.
  let sending = true;
  const keyed = new Map<string, Timed>();
  const recipients = new Map<string, string>();
  const senders = Array.from({ length: 8 }, async (_, n) => {
    for (let count = 0; sending; count++) {
      const text = `keyed ${n} ${count}`;
      const to = n % 2 ? known : newNumber();
      recipients.set(text, to);
      keyed.set(text, await send(text, to, text));
      if (keyed.get(text)?.status !== 201) return;
    }
  });
  await until('some are through', () => keyed.size >= 40);
  complaints = '';
  signal('SIGSTOP');
  const frozenAtMs = performance.now();
  const workedBefore = workedSeconds();
  const [bare, made, listed, posted] = await Promise.all([
    send('bare', known),
    send('bare to a new chat', unknown),
    timed(tenant.key.call('GET', '/profiles')),
    timed(tenant.key.call('POST', '/profiles', { name: 'Keyed' }, { 'idempotency-key': 'profile 1' })),
    ...senders,
  ]);
  sending = false;
  for (const { status, ms, body } of [bare, made, listed, posted, ...keyed.values()]) {
    expect(ms).toBeLessThan(5_000 + busyMs);
    if (status !== 201) expect([status, body.error.code]).toEqual([503, 'UNAVAILABLE']);
  }
  // Whoever is not recognised yet, because the key has to be looked up again, is told that nothing was changed.
  const notRecognised = 'Nothing was changed';
  expect(bare.body.message).toMatch(new RegExp(`whether this was done is not known|${notRecognised}`));
  expect(posted.body.message).toMatch(new RegExp(`the same Idempotency-Key|${notRecognised}`));
  expect((await server.api.call('GET', '/health')).status).toBe(200);
  expect(await ready()).toBe(503);
  const late = await timed(tenant.key.call('GET', '/profiles'));
  expect([late.status, late.ms < 1_000 + busyMs]).toEqual([503, true]);
  await until('it was frozen for 6 s', () => performance.now() - frozenAtMs > 6_000);
  // Nothing spins and nothing floods the log meanwhile.
  expect(complaints.split('\n').length).toBeLessThan(40);
  expect(workedSeconds() - workedBefore).toBeLessThan(3);
  signal('SIGCONT');
  await until('it is ready again', async () => (await ready()) === 200);

  const doubtful = [...keyed].filter(([, { status }]) => status !== 201);
  expect(doubtful.length).toBeGreaterThan(0);
  for (const [text] of doubtful) {
    // What had been sent may be at work this moment; its key says so.
    const again = await until('it is decided', async () => {
      const answer = await send(text, recipients.get(text) ?? '', text);
      return answer.status !== 409 && answer;
    });
    expect(again.status).toBe(201);
  }
  const stored = await storedTexts();
  for (const text of keyed.keys()) expect([text, stored.get(text)]).toEqual([text, 1]);
  if (bare.body.message.includes(notRecognised)) expect(stored.get('bare')).toBeUndefined();
  await tenant.key.post('/profiles', { name: 'Keyed' }, { 'idempotency-key': 'profile 1' });
  const profiles = await tenant.key.get('/profiles');
  expect(profiles.filter((one: { name: string }) => one.name === 'Keyed')).toHaveLength(1);
});
