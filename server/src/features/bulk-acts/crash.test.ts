import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, inject, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { type ServerProcess, startServer } from '../../../test/server-process.ts';
import { newNumber, newTenant } from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';

const chats = 150;
const kills = 2;

test('a server that is killed in the middle of an act goes on, and each thing is changed once', async () => {
  const database = await testDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'mwa-bulk-'));
  const env = {
    ...{ DATA_DIR: dataDir, DATABASE_URL: database.databaseUrl, SANDBOX: 'external' },
    SANDBOX_PORT: new URL(inject('sandboxUrl')).port,
  };
  let server: ServerProcess = await startServer(env);
  try {
    const tenant = await newTenant(server.api);
    const { id: profileId } = await tenant.key.post('/profiles', { name: 'Shop', engine: 'sandbox' });
    for (let n = 0; n < chats; n++) {
      await tenant.key.post('/messages/text', { profileId, to: newNumber(), text: 'Hello' });
    }
    const { id, total } = await tenant.key.post('/conversations/bulk', { act: 'archive', filter: {} });
    expect(total).toBe(chats);
    const ask = (path = '') => server.api.as(tenant.credentials).get(`/conversations/bulk/${id}${path}`);
    const seen: number[] = [];
    for (let kill = 0; kill < kills; kill++) {
      await until('it goes on', async () => {
        const { done, status } = await ask();
        return status === 'done' || done > (seen.at(-1) ?? 0);
      });
      await pause(5);
      await server.kill();
      server = await startServer(env);
      seen.push((await ask()).done);
    }
    expect(seen[0]).toBeLessThan(chats);
    const done = await until('it is done', async () => {
      const row = await ask();
      return row.status === 'done' && row;
    });
    expect(done).toMatchObject({ total: chats, done: chats, changed: chats, failed: 0 });
    const { db } = database.database;
    const acts = await db
      .selectFrom('audit_logs')
      .select('resource_id')
      .where('action', '=', 'conversation.archive')
      .execute();
    expect([acts.length, new Set(acts.map(({ resource_id }) => resource_id)).size]).toEqual([chats, chats]);
    const told = await db.selectFrom('events').select('id').where('name', '=', 'conversation.bulk').execute();
    expect(told.length).toBeGreaterThan(0);
  } finally {
    await server.kill();
    await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  }
});
