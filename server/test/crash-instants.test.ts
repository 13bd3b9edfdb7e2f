import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { type TestDatabase, testDatabase } from './database.ts';
import { openSink, type Sink } from './kit/sink.ts';
import { type SandboxPhone, sandboxAt } from './sandbox.ts';
import { type ServerProcess, startServer } from './server-process.ts';
import { type ConnectedProfile, connectedProfile, newCustomer, newTenant, type Tenant } from './tenant.ts';
import { until } from './until.ts';

const sandbox = sandboxAt(inject('sandboxUrl'));
let database: TestDatabase;
let sink: Sink;
let folder: string;
let server: ServerProcess;
let tenant: Tenant;
let profile: ConnectedProfile;
let customer: SandboxPhone;

const start = () =>
  startServer({
    DATA_DIR: folder,
    DATABASE_URL: database.databaseUrl,
    SANDBOX: 'external',
    SANDBOX_PORT: new URL(sandbox.url).port,
    WEBHOOK_RETRY_SCHEDULE: '1,1,1',
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mwa-instants-'));
  [database, sink] = await Promise.all([testDatabase(), openSink()]);
  server = await start();
  tenant = await newTenant(server.api);
  profile = await connectedProfile(tenant, sandbox);
  await tenant.key.post('/webhooks', { url: sink.url, events: ['message.*'] });
});
afterAll(async () => {
  await server?.kill();
  await sink?.close();
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});
// The way to the chat is known, so that the next message to it is begun while it is being kept.
beforeEach(async () => {
  customer = await newCustomer(sandbox);
  for (const text of ['first', 'second']) await send(text, 10);
});

let locker: Client | undefined;
afterEach(() => locker?.end());

/** Holds rows as a transaction of its own: statements that need them wait. */
async function hold(statement: string): Promise<void> {
  locker = new Client({ connectionString: database.databaseUrl });
  await locker.connect();
  await locker.query('begin');
  await locker.query(statement);
}

/** Whether a statement of the gateway waits for what is held. */
const waitsWith = (fragment: string) => async () => {
  const { rows } = await sql`select 1 from pg_stat_activity where datname = current_database()
    and wait_event_type = 'Lock' and query ilike ${`%${fragment}%`}`.execute(database.database.db);
  return rows.length > 0;
};

async function killAndStart(): Promise<void> {
  await server.kill();
  await locker?.end();
  locker = undefined;
  server = await start();
  tenant = { ...tenant, key: server.api.as(tenant.credentials) };
}

const send = (text: string, seconds = 0) =>
  tenant.key.post(
    '/messages/text',
    { profileId: profile.id, to: customer.number, text },
    seconds > 0 ? { prefer: `wait=${seconds}` } : {},
  );
const statusOf = async (id: string) => (await tenant.key.get(`/messages/${id}`)).status as string;
const isDelivered = (id: string) => async () => ['delivered', 'read'].includes(await statusOf(id));
const shown = async () => (await customer.messages()).map(({ text }) => text);
const told = (id: string) => sink.caught.filter(({ body }) => body.data?.messageId === id);

/** Everybody was told each thing that happened to the message, and each once. */
async function isToldOnce(id: string): Promise<void> {
  const names = ['message.queued', 'message.sent', 'message.delivered'];
  await until('all is told', () => names.every((name) => told(id).some(({ body }) => body.event === name)));
  const events = told(id).map(({ body }) => `${body.event} ${body.id}`);
  expect(new Set(events).size).toBe(names.length);
}

test('killed between keeping a message and its first byte, it is sent once, under its id', async () => {
  await hold(`select 1 from profile_leases where profile_id = '${profile.id}' for update`);
  const { messageId, waMessageId } = await send('kept');
  await until('its ratchet waits to be stored', waitsWith('profile_leases'));
  expect(await statusOf(messageId)).toBe('sending');
  expect(await sandbox.ledger({ messageId: waMessageId })).toEqual([]);
  await killAndStart();
  await until('it is delivered', isDelivered(messageId));
  expect(await shown()).toEqual(['first', 'second', 'kept']);
  await isToldOnce(messageId);
});

test('killed between the acknowledgement and writing it down, a message is read once', async () => {
  // A phone that is off acknowledges nothing, so the outcome is what waits to be written.
  await customer.online(false);
  const { number } = profile.phone;
  const mark = (await sandbox.ledger({ number })).at(-1)?.seq ?? 0;
  const held = await sandbox.fault({ name: 'hold-acks', number });
  const sending = send('acknowledged', 30);
  const { messageId: waMessageId } = await until('it is on the wire', async () =>
    (await sandbox.ledger({ number, kind: 'message', after: mark })).find(({ device }) => device > 0),
  );
  await hold(`select 1 from messages where wa_message_id = '${waMessageId}' for update`);
  await held.clear();
  const { messageId, status } = await sending;
  expect(status).toBe('sent');
  await until('the outcome waits to be written', waitsWith('update messages'));
  await killAndStart();
  await customer.online(true);
  await until('it is delivered', isDelivered(messageId));
  expect(await shown()).toEqual(['first', 'second', 'acknowledged']);
  await isToldOnce(messageId);
});

test('killed between the acknowledgement of a reaction and applying it, it is there once', async () => {
  const { messageId } = await send('react to this', 10);
  await until('it is delivered', isDelivered(messageId));
  await hold(`select 1 from messages where id = '${messageId}' for no key update`);
  const body = { profileId: profile.id, messageId, emoji: '🥐' };
  const { waMessageId } = await tenant.key.post('/messages/reaction', body);
  const reactionsOf = async () =>
    (await customer.messages()).find(({ id }) => id === waMessageId)?.content.reactions;
  await until('the phone shows it', reactionsOf);
  await until('it waits to be applied', waitsWith('for no key update'));
  await killAndStart();
  const message = async () => tenant.key.get(`/messages/${messageId}`);
  await until('it is applied', async () => (await message()).reactions.length === 1);
  expect(await reactionsOf()).toMatchObject([{ from: profile.phone.number, text: '🥐' }]);
  const { number } = profile.phone;
  const sent = (await sandbox.ledger({ number, kind: 'message' })).filter(({ type }) => type === 'reaction');
  expect(new Set(sent.map((entry) => entry.messageId)).size).toBe(1);
  await until('it is told', () => told(messageId).some(({ body }) => body.event === 'message.reaction'));
  expect(told(messageId).filter(({ body }) => body.event === 'message.reaction')).toHaveLength(1);
});

test('killed between numbering an event and passing it on, its webhook is told once', async () => {
  await hold('select 1 from event_cursors for update');
  const { messageId } = await send('numbered', 10);
  await until('its events are numbered', async () => {
    const rows = await database.database.db
      .selectFrom('events')
      .select('position')
      .where('name', '=', 'message.delivered')
      .where('position', 'is not', null)
      .execute();
    return rows.length >= 3;
  });
  expect(told(messageId)).toEqual([]);
  await killAndStart();
  await isToldOnce(messageId);
  expect(await shown()).toEqual(['first', 'second', 'numbered']);
});
