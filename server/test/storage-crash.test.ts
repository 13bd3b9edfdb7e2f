import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { startS3 } from '../src/platform/storage/testing.ts';
import { testDatabase } from './database.ts';
import { type ServerProcess, startServer } from './server-process.ts';
import { newTenant } from './tenant.ts';
import { until } from './until.ts';

/** In front of a store: holds what is written from the n-th on, until it is let through. */
async function gateTo(store: string, holdFrom: number) {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  let writes = 0;
  const server = createServer(async (asked, answer) => {
    if (asked.method === 'PUT' && ++writes >= holdFrom) await opened;
    const { method, url, headers } = asked;
    const onward = request(store, { method, path: url, headers }, (answered) => {
      answer.writeHead(answered.statusCode ?? 500, answered.headers);
      answered.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    asked.on('error', () => onward.destroy());
    asked.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open,
    writes: () => writes,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

test('kill -9 while files move to a bucket: every file is there, and no old one is left', async () => {
  const [database, s3, dataDir] = [
    await testDatabase(),
    await startS3(),
    await mkdtemp(join(tmpdir(), 'mwa-')),
  ];
  const gate = await gateTo(s3.settings.endpoint, 4);
  const env = {
    ...{ DATABASE_URL: database.databaseUrl, DATA_DIR: dataDir, ENCRYPTION_KEY: 'ab'.repeat(32) },
    ...{ SANDBOX: 'external', SANDBOX_PORT: new URL(inject('sandboxUrl')).port },
    ...{ OUTBOUND_ALLOW: '127.0.0.1/32', NODE_ENV: 'test' },
  };
  let server: ServerProcess = await startServer(env);
  try {
    const tenant = await newTenant(server.api);
    const contents = Array.from({ length: 8 }, (_, n) => `content ${n}`);
    const ids: string[] = [];
    for (const text of contents) {
      const base64 = Buffer.from(text).toString('base64');
      ids.push((await tenant.key.call('POST', '/uploads/media', { base64, filename: 'a.txt' })).data.id);
    }
    await tenant.owner.put('/settings/storage', {
      ...{
        type: 's3',
        s3Endpoint: gate.url,
        s3Bucket: 'media',
        s3AccessKey: 'S3RVER',
        s3SecretKey: 'S3RVER',
      },
    });
    await tenant.owner.post('/settings/storage/move');
    await until('the fourth file is being written', async () => gate.writes() >= 4);
    await server.kill();
    const { rows } = await database.database.pool.query('select moved_files from media_moves');
    expect(rows).toEqual([{ moved_files: 3 }]);
    gate.open();
    server = await startServer(env);
    const owner = server.api.as(tenant.credentials);
    const folder = join(dataDir, 'media', tenant.organizationId);
    const left = async () =>
      (await readdir(folder, { recursive: true })).filter((path) => path.includes('/'));
    const move = await until('the move is over, and the old files are gone', async () => {
      const now = (await database.database.pool.query('select state, moved_files from media_moves')).rows[0];
      return now?.state !== 'running' && (await left()).length === 0 && now;
    });
    expect(move).toEqual({ state: 'done', moved_files: 8 });
    for (const [n, id] of ids.entries()) {
      const { url } = await owner.get(`/media/${id}`);
      const text = await (await fetch(url)).text();
      expect(createHash('sha256').update(text).digest('hex')).toBe(
        createHash('sha256')
          .update(contents[n] ?? '')
          .digest('hex'),
      );
    }
  } finally {
    await server.kill();
    gate.close();
    await database.drop();
    await s3.close();
    await rm(dataDir, { recursive: true, force: true });
  }
});
