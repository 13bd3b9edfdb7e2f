import type { AuditLog } from '../../platform/audit/record.ts';
import { type Clock, dayMs, later } from '../../platform/clock.ts';
import type { Config } from '../../platform/config/config.ts';
import type { Vault } from '../../platform/crypto.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { EventDefinition } from '../../platform/events/define.ts';
import type { PassingEvents } from '../../platform/events/passing.ts';
import type { EventLog } from '../../platform/events/reader.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { Feature } from '../../platform/feature.ts';
import type { JobQueue } from '../../platform/jobs/jobs.ts';
import type { Log } from '../../platform/log.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import type { Presence } from '../../platform/presence.ts';
import type { Tracing } from '../../platform/tracing/tracing.ts';
import { createActivity } from './activity.ts';
import { createDeliver } from './deliver.ts';
import { deliveryRoutes } from './deliveries.routes.ts';
import { createDeliveryService } from './deliveries.service.ts';
import { createDeliveryArchive } from './delivery-archive.store.ts';
import { createDeliveryLoop } from './delivery-loop.ts';
import { createDeliveryQueue } from './delivery-queue.store.ts';
import { createFanOut } from './fan-out.ts';
import { createHearing } from './hearing.ts';
import { createDeliveryMaker } from './new-deliveries.ts';
import { replayDeliveries } from './replay/replay.jobs.ts';
import { replayRoutes } from './replay/replays.routes.ts';
import { createReplayService } from './replay/replays.service.ts';
import { createReplayStore } from './replay/replays.store.ts';
import { createReplayRunner } from './replay/run-replay.ts';
import { sealPlainHeaders } from './sealed-headers.store.ts';
import { createTester, testEvent } from './test-event.ts';
import { compatibilityRoutes } from './webhooks.compatibility.ts';
import { webhookActivity, webhookChanged, webhookDisabled } from './webhooks.events.ts';
import { purgeDeliveries } from './webhooks.jobs.ts';
import { webhookKeeps } from './webhooks.keeps.ts';
import { webhookRoutes } from './webhooks.routes.ts';
import { createWebhookService } from './webhooks.service.ts';
import { createWebhookStore } from './webhooks.store.ts';

export { readHeaders } from './headers.ts';
export { nextAttemptAt } from './schedule.ts';
export { bodySignature, standardSignatures } from './sign.ts';

export interface WebhooksDeps {
  db: Db;
  clock: Clock;
  log: Log;
  vault: Vault;
  outbound: Outbound;
  nodeId: string;
  presence: Presence;
  events: EventRecorder;
  passing: Pick<PassingEvents, 'tell'>;
  audit: AuditLog;
  jobs: JobQueue;
  eventLog: Pick<EventLog, 'lastPosition' | 'keptAfter'>;
  defaultCountry: string;
  tracing: Tracing;
  /** The events of all features; a function, because features are composed one by one. */
  catalogue: () => readonly EventDefinition[];
  config: Pick<
    Config,
    'webhookRetrySchedule' | 'webhookDisableAfter' | 'webhookTimeoutMs' | 'eventRetentionDays'
  >;
}

const purgeBatch = 1_000;

/** Webhooks: telling other programs what happened. */
export function createWebhooks(deps: WebhooksDeps) {
  const { db, clock, vault, outbound, config } = deps;
  const webhooks = createWebhookStore(db);
  const queue = createDeliveryQueue(db);
  const archive = createDeliveryArchive(db);
  const timeoutMs = config.webhookTimeoutMs;
  const activity = createActivity(deps);
  const deliver = createDeliver({
    ...deps,
    activity,
    webhooks,
    queue,
    timeoutMs,
    schedule: config.webhookRetrySchedule,
    disableAfterSeconds: config.webhookDisableAfter,
  });
  const loop = createDeliveryLoop({ ...deps, queue, attempt: deliver });
  const maker = createDeliveryMaker(deps);
  const fanOut = createFanOut({ ...deps, webhooks, queue, loop, maker });
  const publicNames = () =>
    deps
      .catalogue()
      .filter((event) => event.isPublic)
      .map(({ name }) => name);
  const eventNames = () => [...publicNames(), testEvent];
  const hearing = createHearing(deps);
  const service = createWebhookService({ ...deps, webhooks, hearing, eventNames, changed: loop.changed });
  const routes = {
    service,
    deliveries: createDeliveryService({
      ...{ clock, queue, archive, service, hearing, eventNames },
      poke: loop.poke,
    }),
    test: createTester({ clock, vault, outbound, service, timeoutMs }),
  };

  const replayStore = createReplayStore(db);
  const replays = createReplayService({ ...deps, service, store: replayStore, eventNames });
  const replay = createReplayRunner({
    ...{ ...deps, webhooks, maker, publicNames, poke: loop.poke },
    store: replayStore,
  });

  async function purge(_: object, signal: AbortSignal): Promise<void> {
    const before = later(clock.now(), -config.eventRetentionDays * dayMs);
    while (!signal.aborted && (await archive.purge(before, purgeBatch)) === purgeBatch);
  }

  const feature: Feature = {
    name: 'webhooks',
    routes(app) {
      webhookRoutes(app, routes);
      deliveryRoutes(app, routes.deliveries);
      replayRoutes(app, replays);
      compatibilityRoutes(app, routes);
    },
    events: [webhookChanged, webhookDisabled, webhookActivity],
    readers: [fanOut],
    figures: [
      {
        name: 'multiwa_webhook_deliveries_pending',
        help: 'Webhook deliveries that have still to be made.',
        read: async () => [{ value: await queue.countPending() }],
      },
    ],
    jobs: [purgeDeliveries.runs(purge), replayDeliveries.runs(replay)],
    enqueues: [replayDeliveries],
    keeps: webhookKeeps,
    async start() {
      await sealPlainHeaders(db, vault);
      await loop.start();
    },
    async stop() {
      await loop.stop();
      activity.stop();
    },
  };
  return { feature, forgetProfile: queue.removeOfProfile };
}
