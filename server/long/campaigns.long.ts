import { createWriteStream, openAsBlob, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { crashDuringCampaign } from '../test/campaign-crash-rig.ts';
import { type TestDatabase, testDatabase } from '../test/database.ts';
import { startServer } from '../test/server-process.ts';
import { newTenant } from '../test/tenant.ts';

const people = 1_000_000;
const bytesMax = 256 * 1_048_576;

let house: TestDatabase;
beforeAll(async () => {
  house = await testDatabase();
});
afterAll(() => house?.drop());

const table = (report: object) =>
  console.log(
    [
      '',
      '| campaigns | |',
      '| --- | --- |',
      ...Object.entries(report).map((row) => `| ${row.join(' | ')} |`),
      '',
    ].join('\n'),
  );

test('2,000 recipients and 25 kills: the ledger shows each person one message, counters agree', async () => {
  const report = await crashDuringCampaign({
    ...{ kills: 25, recipients: 2_000, seed: 20_260_302, delayMax: 0, livesMs: 700 },
  });
  const { stats, ...rest } = report;
  table({ ...rest, ...stats });
  expect(report).toMatchObject({
    ...{ lost: 0, shownTwice: 0, underTwoIds: 0, strangers: 0 },
    stats: { total: 2_000, sent: 2_000, delivered: 2_000, failed: 0, pending: 0 },
  });
}, 1_800_000);

/** Most memory that a process has had, in bytes. */
const peakOf = (pid: number | undefined): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1_024;

test('a server prepares a table of a million within 256 MB, also when it is killed meanwhile', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mwa-audience-'));
  const path = join(folder, 'audience.csv');
  async function* rows() {
    yield 'phone,name,her bread\n';
    for (let n = 0; n < people; n++) {
      yield `${628_100_000_000 + n},Guest ${n},rye\n`;
      // Every hundredth stands there twice.
      if (n % 100 === 0) yield `+${628_100_000_000 + n},Again,white\n`;
    }
  }
  await pipeline(Readable.from(rows()), createWriteStream(path));
  // As the image starts it.
  const memory = { MALLOC_ARENA_MAX: '2', NODE_OPTIONS: '--max-semi-space-size=4' };
  const env = { ...memory, DATA_DIR: folder, DATABASE_URL: house.databaseUrl, SANDBOX: 'off' };
  let server = await startServer(env);
  try {
    const tenant = await newTenant(server.api);
    const profile = await tenant.key.post('/profiles', { name: 'Bakery', engine: 'baileys' });
    const form = new FormData();
    form.set('file', await openAsBlob(path, { type: 'text/csv' }), 'audience.csv');
    const uploaded = await fetch(`${server.url}/api/v1/uploads/media`, {
      ...{ method: 'POST', headers: tenant.credentials, body: form },
    });
    const { data } = (await uploaded.json()) as { data: { id: string } };
    const { id } = await tenant.key.post('/broadcast', {
      ...{ profileId: profile.id, name: 'Million', message: 'For {name}' },
      recipients: { type: 'upload', value: [data.id] },
    });
    await tenant.key.post(`/broadcast/${id}/start`, {});
    const idle = peakOf(server.child.pid);
    const begunMs = performance.now();
    const get = () => server.api.as(tenant.credentials).get(`/broadcast/${id}`);
    const peaks: number[] = [];
    for (let kills = 0; ; ) {
      await pause(1_000);
      const { preparation } = await get();
      if (!preparation) break;
      if (kills >= 2 || preparation.done < (kills + 1) * 250_000) continue;
      kills += 1;
      peaks.push(peakOf(server.child.pid));
      await server.kill();
      server = await startServer(env);
    }
    peaks.push(peakOf(server.child.pid));
    const { stats } = await get();
    const peak = Math.max(...peaks);
    table({
      ...{
        prepared: stats.total,
        kills: peaks.length - 1,
        idleMB: Math.round(idle / 1_048_576),
        peakMB: Math.round(peak / 1_048_576),
      },
      seconds: Math.round((performance.now() - begunMs) / 1_000),
    });
    expect([stats.total, stats.pending, stats.skipped]).toEqual([people, people, 0]);
    expect(peak).toBeLessThan(bytesMax);
  } finally {
    await server.kill();
    await rm(folder, { recursive: true, force: true });
  }
}, 1_800_000);
