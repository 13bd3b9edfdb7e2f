import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type TestDatabase, testDatabase } from './database.ts';
import { sandboxAt } from './sandbox.ts';
import { type ServerProcess, startServer } from './server-process.ts';
import { type ConnectedProfile, connectedProfile, newCustomer, newTenant, type Tenant } from './tenant.ts';
import { until } from './until.ts';

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
/** Holds rows or tables until it is let go. */
async function hold(statement: string) {
  const locker = new Client({ connectionString: database.databaseUrl });
  await locker.connect();
  await locker.query('begin');
  await locker.query(statement);
  return async () => {
    await locker.query('rollback');
    await locker.end();
  };
}
const pending = async () => {
  const { db } = database.database;
  return (await db.selectFrom('chat_states').select('field').where('is_pending', '=', true).execute()).length;
};

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

test('killed before or after the phone is told what was set for a chat, it ends as it was wanted', async () => {
  const customer = await newCustomer(sandbox);
  await customer.sends(profile.phone.number, 'Hello');
  const { id } = await until('the conversation', async () => {
    const { conversations } = await key().get(`/conversations?profileId=${profile.id}`);
    return conversations[0];
  });
  const path = `/conversations/${id}`;
  const onPhone = async () =>
    (await profile.phone.state()).chats.find(({ chat }) => chat === customer.number);
  const shows = (what: string, is: (chat: Awaited<ReturnType<typeof onPhone>>) => boolean) =>
    until(what, async () => is(await onPhone()), 20_000);
  // Kept and answered, but perhaps not told.
  await key().put(`${path}/archive`);
  await key().put(`${path}/pin`, { pinned: true });
  await key().put(`${path}/read`);
  await key().put(`${path}/mute`, { muted: true });
  await server.kill();
  await start();
  await shows('all of it', (chat) =>
    Boolean(chat?.archived && chat.pinnedAt !== null && chat.mutedUntil !== null && chat.unread === 0),
  );
  await until('nothing is left to tell', async () => (await pending()) === 0);
  // Told, but that it was is not kept; and meanwhile the person wants it otherwise.
  await key().post(`/profiles/${profile.id}/disconnect`);
  await key().put(`${path}/unarchive`);
  await key().put(`${path}/pin`, { pinned: false });
  const letGo = await hold('lock table chat_states in share mode');
  await key().post(`/profiles/${profile.id}/connect`);
  await shows('it is out of the archive', (chat) => chat?.archived === false);
  await server.kill();
  await profile.phone.sets({ change: 'archive', chat: customer.number, archived: true });
  await letGo();
  await start();
  await until('nothing is left to tell', async () => (await pending()) === 0, 20_000);
  await shows('it is as both wanted last', (chat) => chat?.archived === true && chat.pinnedAt === null);
  await until('here, too', async () => {
    const { isArchived, isPinned, isMuted } = await key().get(path);
    return isArchived === true && isPinned === false && isMuted === true;
  });
});

test('killed in the middle of an import, every row is taken once and the report is true', async () => {
  const rows = 5_500;
  const [bad, held] = [Math.ceil(rows / 100), 3_501];
  const numbers = Array.from({ length: rows }, (_, n) => (n % 100 ? String(6281700000000 + n) : 'nobody'));
  const known = await key().post('/contacts', { profileId: profile.id, phone: numbers[held], name: 'Old' });
  const letGo = await hold(`select from contacts where id = '${known.id}' for update`);
  const csvData = `phone,name\n${numbers.map((number, n) => `${number},Guest ${n}`).join('\n')}\n`;
  const { data } = await key().call('POST', '/contacts/import/csv', { profileId: profile.id, csvData });
  const at = (id: string) => key().get(`/contacts/imports/${id}`);
  await until('it stands before the row that is held', async () => (await at(data.id)).rowsRead === 3_000);
  await server.kill();
  await letGo();
  await start();
  const report = await until(
    'the import has ended',
    async () => {
      const row = await at(data.id);
      return row.status !== 'running' && row;
    },
    60_000,
  );
  expect(report).toMatchObject({
    ...{ status: 'done', rowsRead: rows, created: rows - bad - 1, updated: 1, failed: bad },
  });
  const failures = await key().call('GET', `/contacts/imports/${data.id}/failures`);
  expect(failures.body.trimEnd().split('\n')).toHaveLength(bad + 1);
  const { db } = database.database;
  const { rows: counted } = await db
    .selectFrom('contacts')
    .select(({ fn }) => [fn.countAll<string>().as('all'), fn.count<string>('phone').distinct().as('phones')])
    .where('name', 'like', 'Guest %')
    .execute()
    .then((all) => ({ rows: all }));
  expect(counted).toEqual([{ all: rows - bad, phones: rows - bad }]);
});
