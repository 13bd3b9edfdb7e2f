import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { inject } from 'vitest';
import { testDatabase } from './database.ts';
import { sandboxAt } from './sandbox.ts';
import { seeded } from './seeded.ts';
import { type ServerProcess, startServer } from './server-process.ts';
import { connectedProfile, newNumber, newTenant } from './tenant.ts';
import { until } from './until.ts';

/** What the ledger, the phones and the campaign itself say after the kills. */
export interface CampaignCrashReport {
  kills: number;
  recipients: number;
  lost: number;
  shownTwice: number;
  underTwoIds: number;
  strangers: number;
  stats: { total: number; sent: number; delivered: number; failed: number; pending: number };
  slowestGoingOnMs: number;
}

/**
 * Kills the server at random instants while a campaign is prepared, fed and sent; then counts from outside who was sent
 * nothing or something twice.
 */
export async function crashDuringCampaign(options: {
  kills: number;
  recipients: number;
  seed: number;
  delayMax: number;
  /** Between a start and the next kill, at most. */
  livesMs: number;
}): Promise<CampaignCrashReport> {
  const random = seeded(options.seed);
  const sandbox = sandboxAt(inject('sandboxUrl'));
  const database = await testDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'mwa-campaign-'));
  const env = {
    DATA_DIR: dataDir,
    DATABASE_URL: database.databaseUrl,
    SANDBOX: 'external',
    SANDBOX_PORT: new URL(sandbox.url).port,
  };
  let server: ServerProcess = await startServer(env);
  try {
    const tenant = await newTenant(server.api);
    const profile = await connectedProfile(tenant, sandbox);
    const phones = Array.from({ length: options.recipients }, () => sandbox.phone(newNumber()));
    for (let at = 0; at < phones.length; at += 20) {
      await Promise.all(phones.slice(at, at + 20).map((phone) => phone.named('Guest')));
    }
    const contacts = phones.map(({ number }, n) => ({ phone: number, name: `Guest ${n}`, tags: ['all'] }));
    await tenant.key.post('/contacts/import', { profileId: profile.id, contacts });
    const { id } = await tenant.key.post('/broadcast', {
      ...{ profileId: profile.id, name: 'Crash', message: 'For {name}' },
      ...{ recipients: { type: 'tags', value: ['all'] } },
      settings: { delayMin: 0, delayMax: options.delayMax, batchPause: 0 },
    });
    await tenant.key.post(`/broadcast/${id}/start`, {});
    const ask = async (path: string) =>
      (await server.api.as(tenant.credentials).get(`/broadcast/${id}${path}`)) as {
        status: string;
        stats: CampaignCrashReport['stats'];
      };

    let slowestGoingOnMs = 0;
    let kills = 0;
    for (; kills < options.kills; kills++) {
      await pause(random() * options.livesMs);
      await server.kill();
      server = await startServer(env);
      const upMs = performance.now();
      const { status, stats: before } = await ask('/stats');
      if (status === 'completed') break;
      await until(
        'the campaign goes on after a kill',
        async () => {
          const { status: then, stats } = await ask('/stats');
          return then === 'completed' || stats.sent > before.sent || stats.total > before.total;
        },
        30_000,
      );
      slowestGoingOnMs = Math.max(slowestGoingOnMs, performance.now() - upMs);
    }
    await until('the campaign is completed', async () => (await ask('')).status === 'completed', 300_000);
    await until('all is delivered', async () => (await ask('/stats')).stats.delivered >= options.recipients);

    const shown = new Map<string, number>();
    let lost = 0;
    for (const [n, phone] of phones.entries()) {
      const texts = (await phone.messages()).map(({ text }) => text);
      if (!texts.includes(`For Guest ${n}`)) lost += 1;
      shown.set(phone.number, texts.length);
    }
    const onWire = await sandbox.ledger({ number: profile.phone.number, kind: 'message' });
    const idsOf = new Map<string, Set<string>>(phones.map(({ number }) => [number, new Set()]));
    let strangers = 0;
    for (const { to, messageId } of onWire) {
      const number = /^\d+/.exec(to)?.[0] ?? '';
      if (number === profile.phone.number) continue;
      if (idsOf.has(number)) idsOf.get(number)?.add(messageId);
      else strangers += 1;
    }
    return {
      ...{ kills, recipients: options.recipients, lost, slowestGoingOnMs: Math.round(slowestGoingOnMs) },
      shownTwice: [...shown.values()].filter((count) => count > 1).length,
      underTwoIds: [...idsOf.values()].filter((ids) => ids.size > 1).length,
      strangers,
      stats: (await ask('/stats')).stats,
    };
  } finally {
    await server.kill();
    await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  }
}
