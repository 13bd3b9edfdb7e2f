import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { apiClient } from './client.ts';
import { testDatabase } from './database.ts';
import { builtFolder } from './kit/built.ts';
import { productionHash } from './password-cost.ts';
import { newTenant } from './tenant.ts';
import { until } from './until.ts';

test('what npm run build makes starts: the server, the sandbox beside it, and a backup', async () => {
  const [built, database, folder] = await Promise.all([
    builtFolder(),
    testDatabase(),
    mkdtemp(join(tmpdir(), 'mwa-bundle-')),
  ]);
  onTestFinished(async () => {
    await database.drop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  const env = {
    DATA_DIR: join(folder, 'data'),
    DATABASE_URL: database.databaseUrl,
    PORT: '0',
    SANDBOX_PORT: '0',
  };
  const server = spawn(process.execPath, ['dist/server.js'], {
    cwd: built,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [server.stdout, server.stderr]) {
    stream.on('data', (text: Buffer) => {
      said += text.toString();
    });
  }
  const gone = once(server, 'exit');
  await until('it is ready, or has ended', () => said.includes('Next: open') || server.exitCode !== null);
  const [api, sandbox] = [
    /http:\S+\/api\/v1/.exec(said)?.[0],
    /(http:\S+)\/api\/docs {2}\(WhatsApp/.exec(said)?.[1],
  ];
  expect(said).toContain('is ready');
  expect((await fetch(`${api}/health/ready`)).status).toBe(200);
  expect(await (await fetch(new URL('/inbox', api))).text()).toContain('<div id="root">');
  expect((await fetch(`${sandbox}/api/health`)).status).toBe(200);
  // No test's cost of a password gets into what is shipped.
  await newTenant(apiClient(api?.replace('/api/v1', '') ?? ''));
  const { rows } = await database.database.pool.query('select password_hash from users');
  expect(rows).toEqual([{ password_hash: expect.stringMatching(productionHash) }]);
  const backup = ['dist/server.js', 'backup', join(folder, 'saved')];
  await promisify(execFile)(process.execPath, backup, { cwd: built, env });
  expect((await stat(join(folder, 'saved'))).size).toBeGreaterThan(0);
  server.kill('SIGTERM');
  expect(await gone).toEqual([0, null]);
});
