import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { type EmbeddedPostgres, startEmbedded } from '../src/platform/db/embedded/index.ts';
import { silentLog } from '../src/platform/log.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const rounds = 5;
const accounts = 50;
const writers = 4;

async function connected(server: EmbeddedPostgres): Promise<Client> {
  const client = new Client(server.poolConfig('multiwa'));
  await client.connect();
  return client;
}

/** In a process of its own: one that shares ours would take our connections for its own, and end the server. */
async function command(word: string, file: string, dataDir: string): Promise<void> {
  const env = { DATA_DIR: dataDir };
  await promisify(execFile)(process.execPath, [main, word, file], { env });
}

test('a backup is one moment, however much is written and recycled meanwhile', async () => {
  const base = await mkdtemp(join(tmpdir(), 'mwa-backup-long-'));
  await chmod(base, 0o711);
  onTestFinished(() => rm(base, { recursive: true, force: true, maxRetries: 5 }));
  const source = join(base, 'source');
  const settings = { fsync: 'off', max_wal_size: '64MB', checkpoint_timeout: '30s' };
  const server = await startEmbedded({ dataDir: source, log: silentLog, settings });
  await writeFile(join(source, 'encryption-key'), 'ab'.repeat(32));
  const owner = await connected(server);
  await owner.query('create table account (id int primary key, balance int not null)');
  await owner.query('create table step (writer int, n int, filler text, primary key (writer, n))');
  await owner.query(`insert into account select id, 1000 from generate_series(1, ${accounts}) id`);
  let isRunning = true;
  const committed = Array.from({ length: writers }, () => 0);
  const writing = committed.map(async (_, writer) => {
    const client = await connected(server);
    for (let n = 1; isRunning; n++) {
      const [from, to] = [n % accounts, (n + writer + 1) % accounts].map((id) => id + 1) as [number, number];
      await client.query('begin');
      const both = `case when id = ${from} then -1 else 1 end`;
      await client.query(
        `with locked as (select id from account where id in (${from}, ${to}) order by id for update)
         update account set balance = balance + ${both} where id in (select id from locked)`,
      );
      await client.query('insert into step values ($1, $2, $3)', [
        writer,
        n,
        'x'.repeat(1 + ((n * 977) % 9000)),
      ]);
      await client.query('commit');
      committed[writer] = n;
    }
    await client.end();
  });
  const recycling = (async () => {
    while (isRunning) await owner.query('checkpoint');
  })();
  for (let round = 0; round < rounds; round++) {
    const before = [...committed];
    const file = join(base, `backup-${round}`);
    const target = join(base, `target-${round}`);
    await command('backup', file, source);
    await command('restore', file, target);
    const copy = await startEmbedded({ dataDir: target, log: silentLog });
    const reader = await connected(copy);
    const sum = await reader.query('select sum(balance)::int as sum from account');
    expect(sum.rows).toEqual([{ sum: accounts * 1000 }]);
    const steps = await reader.query(
      'select writer, count(*)::int as steps, max(n) as last, min(n) as first from step group by writer order by writer',
    );
    for (const { writer, steps: count, last, first } of steps.rows) {
      expect([first, count]).toEqual([1, last]);
      expect(last).toBeGreaterThanOrEqual(before[writer] ?? 0);
    }
    await reader.end();
    await copy.stop();
    await rm(target, { recursive: true, force: true, maxRetries: 5 });
  }
  isRunning = false;
  await Promise.all([...writing, recycling]);
  await owner.end();
  await server.stop();
});
