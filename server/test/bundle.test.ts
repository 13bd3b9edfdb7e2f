import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { apiClient } from './client.ts';
import { testDatabase } from './database.ts';
import { productionHash } from './password-cost.ts';
import { newTenant } from './tenant.ts';
import { until } from './until.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Inside the repository, for what stays outside a bundle is found in its node_modules. */
async function builtFolder(): Promise<string> {
  const cache = join(root, 'node_modules/.cache');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'mwa-bundle-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  await copyFile(join(root, 'package.json'), join(folder, 'package.json'));
  await promisify(execFile)(process.execPath, ['scripts/build.ts', join(folder, 'dist')], { cwd: root });
  return folder;
}

test('what npm run build makes starts: the server, the sandbox beside it, and a backup', async () => {
  const [folder, database] = await Promise.all([builtFolder(), testDatabase()]);
  onTestFinished(() => database.drop());
  const env = {
    DATA_DIR: join(folder, 'data'),
    DATABASE_URL: database.databaseUrl,
    PORT: '0',
    SANDBOX_PORT: '0',
  };
  const server = spawn(process.execPath, ['dist/server.js'], {
    cwd: folder,
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
  await until(
    'it is ready, or has ended',
    () => said.includes('No phone at hand') || server.exitCode !== null,
    30_000,
  );
  const [api, sandbox] = [
    /http:\S+\/api\/v1/.exec(said)?.[0],
    /(http:\S+)\/api\/docs {2}\(WhatsApp/.exec(said)?.[1],
  ];
  expect(said).toContain('is ready');
  expect((await fetch(`${api}/health/ready`)).status).toBe(200);
  expect((await fetch(`${sandbox}/api/health`)).status).toBe(200);
  // No test's cost of a password gets into what is shipped.
  await newTenant(apiClient(api?.replace('/api/v1', '') ?? ''));
  const { rows } = await database.database.pool.query('select password_hash from users');
  expect(rows).toEqual([{ password_hash: expect.stringMatching(productionHash) }]);
  const backup = ['dist/server.js', 'backup', join(folder, 'saved')];
  await promisify(execFile)(process.execPath, backup, { cwd: folder, env });
  expect((await stat(join(folder, 'saved'))).size).toBeGreaterThan(0);
  server.kill('SIGTERM');
  expect(await gone).toEqual([0, null]);
});
