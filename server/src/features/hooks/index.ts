import type { AuditLog } from '../../platform/audit/record.ts';
import { type Clock, dayMs, later } from '../../platform/clock.ts';
import type { Config } from '../../platform/config/config.ts';
import type { Vault } from '../../platform/crypto.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { Feature } from '../../platform/feature.ts';
import type { Log } from '../../platform/log.ts';
import { createRate } from '../../platform/rate.ts';
import type { Starting } from '../automation/index.ts';
import type { Messages } from '../messages/index.ts';
import { purgeReceipts } from './hooks.jobs.ts';
import { hookKeeps } from './hooks.keeps.ts';
import { hookRoutes } from './hooks.routes.ts';
import { createHookService } from './hooks.service.ts';
import { createHookStore } from './hooks.store.ts';
import { createReceiptStore } from './receipts.store.ts';
import { receiveRoutes } from './receive.routes.ts';
import { createReceiver } from './receive.ts';

/** What one hook takes. */
const perMinute = 300;
const receiptsMax = 10_000;
const batch = 1_000;

/** Incoming hooks: what other programs post becomes messages, or starts automations. */
export function createHooks(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  vault: Vault;
  audit: AuditLog;
  messages: Pick<Messages, 'readSend' | 'prepare' | 'deliver'>;
  automations: Starting;
  address: () => string;
  config: Pick<Config, 'defaultCountry' | 'eventRetentionDays'>;
}) {
  const { clock, config } = deps;
  const store = createHookStore(deps.db);
  const receipts = createReceiptStore(deps.db);
  const { defaultCountry } = config;
  const service = createHookService({ ...deps, store, receipts, defaultCountry });
  const receive = createReceiver({ ...deps, store, receipts, rate: createRate(clock, perMinute) });

  async function purge(_: object, signal: AbortSignal): Promise<void> {
    const before = later(clock.now(), -config.eventRetentionDays * dayMs);
    while (!signal.aborted && (await receipts.purgeOld(before, batch)) === batch);
    while (!signal.aborted && (await receipts.purgeMany(receiptsMax, batch)) === batch);
  }

  const feature: Feature = {
    name: 'hooks',
    routes(app) {
      hookRoutes(app, service);
      receiveRoutes(app, receive);
    },
    jobs: [purgeReceipts.runs(purge)],
    keeps: hookKeeps,
  };
  return { feature };
}
