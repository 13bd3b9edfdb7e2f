import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../test/database.ts';
import { type SandboxPhone, sandboxAt } from '../test/sandbox.ts';
import { seeded } from '../test/seeded.ts';
import { type ServerProcess, startServer } from '../test/server-process.ts';
import {
  type ConnectedProfile,
  connectedProfile,
  newCustomer,
  newTenant,
  type Tenant,
} from '../test/tenant.ts';
import { until } from '../test/until.ts';

const kills = 20;
const sandbox = sandboxAt(inject('sandboxUrl'));
let database: TestDatabase;
let folder: string;
let server: ServerProcess;
let tenant: Tenant;
let profile: ConnectedProfile;

const start = async () => {
  server = await startServer({
    DATA_DIR: folder,
    DATABASE_URL: database.databaseUrl,
    SANDBOX: 'external',
    SANDBOX_PORT: new URL(sandbox.url).port,
  });
};
const key = () => server.api.as(tenant.credentials);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mwa-people-'));
  database = await testDatabase();
  await start();
  tenant = await newTenant(server.api);
  profile = await connectedProfile(tenant, sandbox, { messageDelayMs: 0 });
});
afterAll(async () => {
  await server?.kill();
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

test('killed again and again while chats are set, the phone ends as the gateway says', async () => {
  const random = seeded(20_261_129);
  const customers: SandboxPhone[] = [];
  for (let n = 0; n < 5; n++) {
    const customer = await newCustomer(sandbox);
    await customer.sends(profile.phone.number, 'Hello');
    customers.push(customer);
  }
  const conversations = await until('the conversations', async () => {
    const { conversations: all } = await key().get(`/conversations?profileId=${profile.id}`);
    return all.length === customers.length && (all as { id: string; chatId: string }[]);
  });
  let answered = 0;
  for (let kill = 0; kill < kills; kill++) {
    let isRunning = true;
    const programs = conversations.map(async ({ id }) => {
      while (isRunning) {
        const on = random() < 0.5;
        const [what, body] = [
          [on ? 'archive' : 'unarchive', undefined],
          ['pin', { pinned: on }],
          ['mute', { muted: on }],
          ['unread', undefined],
          ['read', undefined],
        ][Math.floor(random() * 5)] as [string, object | undefined];
        const isAnswered = await key()
          .put(`/conversations/${id}/${what}`, body)
          .then(
            () => true,
            () => false,
          );
        answered += Number(isAnswered);
        await pause(20);
      }
    });
    await pause(200 + random() * 1_500);
    await server.kill();
    isRunning = false;
    await Promise.all(programs);
    await start();
  }
  const { db } = database.database;
  await until(
    'nothing is left to tell',
    async () =>
      (await db.selectFrom('chat_states').select('field').where('is_pending', '=', true).execute()).length ===
      0,
    60_000,
  );
  const { chats } = await profile.phone.state();
  for (const { id, chatId } of conversations) {
    const here = await key().get(`/conversations/${id}`);
    const there = chats.find(({ chat }) => `${chat}@c.us` === chatId);
    expect([
      there?.archived,
      there?.pinnedAt !== null,
      there?.mutedUntil !== null,
      there?.markedUnread,
    ]).toEqual([here.isArchived, here.isPinned, here.isMuted, here.isMarkedUnread]);
  }
  console.info(`| ${kills} kills while chats were set | ${answered} answered, none lost |`);
}, 900_000);

test('killed again and again during an import, every row is taken once', async () => {
  const random = seeded(20_261_130);
  const rows = 60_000;
  const lines = Array.from({ length: rows }, (_, n) => `${n % 50 ? 6281800000000 + n : 'nobody'},Guest ${n}`);
  const base64 = Buffer.from(`phone,name\n${lines.join('\n')}\n`).toString('base64');
  const file = (await key().call('POST', '/uploads/media', { base64, filename: 'contacts.csv' })).data;
  const body = { profileId: profile.id, uploadId: file.id };
  const { id } = (await key().call('POST', '/contacts/import/csv', body)).data;
  let killed = 0;
  const report = async () => key().get(`/contacts/imports/${id}`);
  for (; killed < kills && (await report()).status === 'running'; killed++) {
    await pause(100 + random() * 900);
    await server.kill();
    await start();
  }
  const row = await until(
    'the import has ended',
    async () => {
      const now = await report();
      return now.status !== 'running' && now;
    },
    300_000,
  );
  const bad = rows / 50;
  expect(row).toMatchObject({ status: 'done', rowsRead: rows, created: rows - bad, updated: 0, failed: bad });
  console.info(`| ${killed} kills during an import of ${rows} rows | each once |`);
}, 900_000);
