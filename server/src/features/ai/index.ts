import type { AuditLog } from '../../platform/audit/record.ts';
import { type Clock, dayMs, later, minuteMs } from '../../platform/clock.ts';
import type { Vault } from '../../platform/crypto.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { Feature } from '../../platform/feature.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import { createRate } from '../../platform/rate.ts';
import type { Tenancy } from '../../platform/tenancy.ts';
import { aiBudget, aiSuggestion } from './ai.events.ts';
import { purgeCalls, sweepReservations } from './ai.jobs.ts';
import { aiKeeps } from './ai.keeps.ts';
import { createBudgetStore } from './client/budgets.store.ts';
import { createBudgets, monthScope } from './client/budgets.ts';
import { createAiFigures } from './client/figures.ts';
import { createModels } from './client/models.ts';
import { providerRoutes } from './provider/provider.routes.ts';
import { createProviderService, createProviders } from './provider/provider.service.ts';
import { createProviderStore } from './provider/provider.store.ts';
import type { AiConfig } from './provider/provider.ts';
import { createAssistant } from './reply/assistant.ts';
import { createGrounded, type SearchKnowledge } from './reply/grounded.ts';
import { historyOf, type LatestMessages } from './reply/history.ts';
import { replyRoutes } from './reply/reply.routes.ts';
import { createReplyService } from './reply/reply.service.ts';
import { createReplyStore } from './reply/reply.store.ts';
import { aiRoutes } from './tasks/ai.routes.ts';
import { createAiService } from './tasks/ai.service.ts';
import { createAnswerCache } from './tasks/answer-cache.ts';

const testsPerMinute = 10;
const questionsPerMinute = 120;
const reservedMs = 15 * minuteMs;
const callsKeptDays = 30;
const budgetsKeptDays = 62;

/** The language models of organisations: who may ask them what, and what that costs. */
export function createAi(deps: {
  db: Db;
  clock: Clock;
  vault: Vault;
  audit: AuditLog;
  events: EventRecorder;
  outbound: Outbound;
  config: AiConfig;
  /** What a profile knows. */
  search: SearchKnowledge;
  latestMessages: LatestMessages;
  conversation(tenancy: Tenancy, id: string): Promise<{ id: string; profile_id: string } | undefined>;
}) {
  const { db, clock } = deps;
  const store = createProviderStore(db);
  const providers = createProviders({ ...deps, store });
  const budgetStore = createBudgetStore(db);
  const { figures, count } = createAiFigures({ fullest: () => budgetStore.fullest(monthScope(clock.now())) });
  const budgets = createBudgets({ ...deps, store: budgetStore, figures: { count } });
  const models = createModels({ ...deps, budgets, find: providers.find });
  const provider = createProviderService({
    ...{ ...deps, store, providers, models, rate: createRate(clock, testsPerMinute) },
  });
  const rate = createRate(clock, questionsPerMinute);
  const service = createAiService({
    ...{ db, clock, models, budgets: budgetStore, find: providers.find },
    ...{ cache: createAnswerCache(clock), rate },
  });
  const replyStore = createReplyStore(db);
  const answer = createGrounded({ clock, models, search: deps.search });
  const replying = { ...deps, models, store: replyStore, answer, history: historyOf(deps.latestMessages) };
  const replies = createReplyService({ ...replying, rate });

  async function sweep(_: object, signal: AbortSignal): Promise<void> {
    const now = clock.now();
    while (!signal.aborted && (await budgetStore.sweep(later(now, -reservedMs), now)) > 0);
  }

  async function purge(_: object, signal: AbortSignal): Promise<void> {
    const now = clock.now();
    const calls = later(now, -callsKeptDays * dayMs);
    const past = later(now, -budgetsKeptDays * dayMs);
    while (!signal.aborted && (await budgetStore.purge(calls, past)) > 0);
    while (!signal.aborted && (await replyStore.purge(calls)) > 0);
  }

  const feature: Feature = {
    name: 'ai',
    routes(app) {
      providerRoutes(app, provider);
      aiRoutes(app, service);
      replyRoutes(app, replies);
    },
    events: [aiBudget, aiSuggestion],
    jobs: [sweepReservations.runs(sweep), purgeCalls.runs(purge)],
    figures,
    keeps: aiKeeps,
  };
  /** `assistant`: for automations. */
  return { feature, models, assistant: createAssistant(replying) };
}
