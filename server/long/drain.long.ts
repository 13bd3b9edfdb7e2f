import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testDatabase } from '../test/database.ts';
import { hammer } from '../test/hammer.ts';
import { startServer } from '../test/server-process.ts';
import { newTenant } from '../test/tenant.ts';

const stops = 20;

test('stopped twenty times under load the server resets no request, on kept or new connections', async () => {
  const database = await testDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'mwa-drain-'));
  const outcomes: Record<string, number> = {};
  try {
    for (let stop = 0; stop < stops; stop++) {
      const server = await startServer({
        DATA_DIR: folder,
        DATABASE_URL: database.databaseUrl,
        ENCRYPTION_KEY: 'ab'.repeat(32),
        SANDBOX: 'off',
      });
      const tenant = await newTenant(server.api);
      const hammering = hammer(server.api.url, tenant.bearer, { clients: 50, newEvery: 10 });
      await hammering.served(500);
      await server.stop();
      for (const [outcome, count] of (await hammering.end).outcomes) {
        outcomes[outcome] = (outcomes[outcome] ?? 0) + count;
      }
    }
  } finally {
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  }
  console.table(outcomes);
  expect(Object.keys(outcomes).sort()).toEqual(['200', '201', 'refused']);
});
