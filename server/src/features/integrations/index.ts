import type { AuditLog } from '../../platform/audit/record.ts';
import { type Clock, minuteMs } from '../../platform/clock.ts';
import type { Vault } from '../../platform/crypto.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { Feature } from '../../platform/feature.ts';
import type { JobQueue } from '../../platform/jobs/jobs.ts';
import type { Log } from '../../platform/log.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import { createRate } from '../../platform/rate.ts';
import type { Media } from '../media/index.ts';
import type { Messages } from '../messages/index.ts';
import { createChatwootDeed } from './chatwoot/chatwoot.ts';
import { createChatwootLinks } from './chatwoot/links.store.ts';
import { createPast } from './chatwoot/past.ts';
import type { ChatwootConfig } from './chatwoot/settings.ts';
import { chatwootWebhookRoutes } from './chatwoot/webhook.routes.ts';
import { createChatwootWebhook } from './chatwoot/webhook.ts';
import { integrationUpdated } from './integrations.events.ts';
import { tellPast, workChatwoot, workTypebot } from './integrations.jobs.ts';
import { integrationKeeps } from './integrations.keeps.ts';
import { integrationRoutes } from './integrations.routes.ts';
import { createConfigService } from './settings/config.service.ts';
import { createEffective } from './settings/effective.ts';
import { createIntegrationStore } from './settings/integrations.store.ts';
import { createTaskReader } from './tasks/reader.ts';
import { createTaskStore } from './tasks/tasks.store.ts';
import { createWorker } from './tasks/worker.ts';
import { createSessionStore } from './typebot/sessions.store.ts';
import type { TypebotConfig } from './typebot/settings.ts';
import { createTalk } from './typebot/talk.ts';

const testsPerMinute = 10;
/** Answers of a bot in one chat. */
const answersPerMinute = 30;
/** A bot that answers later than that answers somebody who has gone. */
const typebotHopelessMs = 15 * minuteMs;

/** Chatwoot and Typebot: people and bots at other programs who talk through the profiles. */
export function createIntegrations(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  vault: Vault;
  audit: AuditLog;
  events: EventRecorder;
  jobs: JobQueue;
  outbound: Outbound;
  messages: Pick<Messages, 'byIds' | 'prepare' | 'deliver' | 'takeBack'>;
  media: Pick<Media, 'openMedia'>;
  address: () => string;
  config: ChatwootConfig & TypebotConfig;
}) {
  const { db, clock } = deps;
  const store = createIntegrationStore(db);
  const tasks = createTaskStore(db);
  const links = createChatwootLinks(db);
  const sessions = createSessionStore(db);
  const effective = createEffective({ ...deps, store });
  const service = createConfigService({
    ...{ ...deps, store, effective, rate: createRate(clock, testsPerMinute) },
    moved: (tx, organizationId, kind) =>
      kind === 'chatwoot' ? links.forgetAll(tx, organizationId) : sessions.forgetAll(tx, organizationId),
    stopped: tasks.removeAll,
  });
  const past = createPast({ ...deps, effective });
  const receive = createChatwootWebhook({ ...deps, effective, links, tasks });
  const chatwoot = createWorker({
    ...{ ...deps, kind: 'chatwoot', job: workChatwoot, tasks, store, effective },
    deed: createChatwootDeed({ ...deps, links, tasks }),
  });
  const talk = createTalk({ ...deps, sessions, tasks, rate: createRate(clock, answersPerMinute) });
  const typebot = createWorker({
    ...{ ...deps, kind: 'typebot', job: workTypebot, tasks, store, effective, deed: talk },
    hopelessMs: typebotHopelessMs,
  });
  const feature: Feature = {
    name: 'integrations',
    routes(app) {
      integrationRoutes(app, service, past);
      chatwootWebhookRoutes(app, receive);
    },
    events: [integrationUpdated],
    readers: [createTaskReader({ ...deps, tasks, effective })],
    jobs: [workChatwoot.runs(chatwoot), workTypebot.runs(typebot), tellPast.runs(past.run)],
    enqueues: [workChatwoot, workTypebot, tellPast],
    keeps: integrationKeeps,
  };
  return { feature };
}
