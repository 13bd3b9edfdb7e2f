/** For the crash test: a node that only numbers events and delivers webhooks, until it is killed. */

import { randomUUID } from 'node:crypto';
import { createAuditLog } from '../../platform/audit/record.ts';
import { systemClock } from '../../platform/clock.ts';
import { createVault } from '../../platform/crypto.ts';
import { connectDatabase } from '../../platform/db/connect.ts';
import type { EventDefinition } from '../../platform/events/define.ts';
import { createEventLog } from '../../platform/events/reader.ts';
import { createRecorder } from '../../platform/events/record.ts';
import { createRelay } from '../../platform/events/relay.ts';
import { counted } from '../../platform/events/testing.ts';
import { silentLog } from '../../platform/log.ts';
import { createOutbound } from '../../platform/outbound/outbound.ts';
import { noTracing } from '../../platform/tracing/tracing.ts';
import { createWebhooks } from './index.ts';

const [databaseUrl = '', key = ''] = process.argv.slice(2);
const database = await connectDatabase({ databaseUrl, dataDir: '', log: silentLog, poolSize: 6 });
const log = await createEventLog({ database, log: silentLog });
const relay = createRelay({ database, log: silentLog, offer: log.offer });
const { feature } = createWebhooks({
  tracing: noTracing,
  db: database.db,
  clock: systemClock,
  log: silentLog,
  audit: createAuditLog({ clock: systemClock }),
  vault: createVault(Buffer.from(key, 'hex')),
  nodeId: randomUUID(),
  presence: { nodes: () => undefined, onChange: () => undefined },
  outbound: createOutbound({ allow: ['127.0.0.0/8'], closedPorts: () => [] }),
  events: createRecorder(systemClock, relay.poke),
  defaultCountry: 'ID',
  passing: { tell: () => undefined },
  eventLog: log,
  jobs: { enqueue: async () => undefined },
  catalogue: () => [counted as unknown as EventDefinition],
  config: {
    webhookRetrySchedule: [1, 1],
    webhookDisableAfter: 432_000,
    webhookTimeoutMs: 5_000,
    eventRetentionDays: 30,
  },
});
await log.start(feature.readers ?? []);
await relay.start();
await feature.start?.();
