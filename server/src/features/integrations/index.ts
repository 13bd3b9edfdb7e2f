import type { AuditLog } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Vault } from '../../platform/crypto.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { Feature } from '../../platform/feature.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import { createRate } from '../../platform/rate.ts';
import type { ChatwootConfig } from './chatwoot/settings.ts';
import { integrationUpdated } from './integrations.events.ts';
import { integrationKeeps } from './integrations.keeps.ts';
import { integrationRoutes } from './integrations.routes.ts';
import { createConfigService } from './settings/config.service.ts';
import { createEffective } from './settings/effective.ts';
import { createIntegrationStore } from './settings/integrations.store.ts';
import type { TypebotConfig } from './typebot/settings.ts';

const testsPerMinute = 10;

/** Chatwoot and Typebot: people and bots at other programs who talk through the profiles. */
export function createIntegrations(deps: {
  db: Db;
  clock: Clock;
  vault: Vault;
  audit: AuditLog;
  events: EventRecorder;
  outbound: Outbound;
  address: () => string;
  config: ChatwootConfig & TypebotConfig;
}) {
  const store = createIntegrationStore(deps.db);
  const effective = createEffective({ ...deps, store });
  const service = createConfigService({
    ...{ ...deps, store, effective, rate: createRate(deps.clock, testsPerMinute) },
    moved: async () => undefined,
    stopped: async () => undefined,
  });
  const feature: Feature = {
    name: 'integrations',
    routes: (app) => integrationRoutes(app, service),
    events: [integrationUpdated],
    keeps: integrationKeeps,
  };
  return { feature };
}
