import type { Clock } from '../../platform/clock.ts';
import { later } from '../../platform/clock.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import type { Feature } from '../../platform/feature.ts';
import type { JobQueue } from '../../platform/jobs/jobs.ts';
import type { Log } from '../../platform/log.ts';
import { createCountContacts } from './contacts/count-contacts.ts';
import { createCountAnew } from './counting/anew.ts';
import { createBackfill } from './counting/backfill.ts';
import { createBacklogStore } from './counting/backlog.store.ts';
import { createFollower } from './counting/follow.ts';
import { type AutomationCounts, type BroadcastCounts, noAutomations, noBroadcasts } from './parts.ts';
import { answerMsMax } from './responses/buckets.ts';
import { createResponseStore } from './responses/responses.store.ts';
import { createResponses } from './responses/responses.ts';
import { countContacts, countDaysAnew, countOlderMessages } from './statistics.jobs.ts';
import { statisticsKeeps } from './statistics.keeps.ts';
import { statisticsRoutes } from './statistics.routes.ts';
import { createStatisticsService } from './statistics.service.ts';
import { createStatisticsStore } from './statistics.store.ts';
import { noteZoneChange } from './zones.store.ts';

export { createCountPast } from './counting/past.ts';

/** Counts of what happened, kept as it happens; features that count by themselves bring theirs. */
export function createStatistics(deps: {
  db: Db;
  clock: Clock;
  jobs: JobQueue;
  log: Log;
  broadcasts?: BroadcastCounts;
  automations?: AutomationCounts;
}) {
  const { db, clock, log } = deps;
  const backlog = createBacklogStore(db);
  const backfill = createBackfill({ ...deps, store: backlog });
  const responses = createResponseStore(db);
  const service = createStatisticsService({
    ...{ db, clock, backlog, store: createStatisticsStore(db) },
    broadcasts: deps.broadcasts ?? noBroadcasts,
    automations: deps.automations ?? noAutomations,
  });
  const anew = createCountAnew({ db, backlog });
  const feature: Feature = {
    name: 'statistics',
    purge: () => responses.forgetBefore(later(clock.now(), -answerMsMax)),
    routes: (app) => statisticsRoutes(app, service),
    readers: [createFollower({ backlog, responses: createResponses(responses) })],
    jobs: [
      countOlderMessages.runs(backfill.run),
      countContacts.runs(createCountContacts(db)),
      countDaysAnew.runs(anew.run),
    ],
    enqueues: [countOlderMessages],
    keeps: statisticsKeeps,
    async start() {
      // Nobody has to wait for it; the job comes round by itself, too.
      backfill.start().catch((err: unknown) => log.warn({ err }, 'older messages are counted later'));
    },
  };
  return {
    feature,
    /** Its days begin at other moments from now on: what is kept is counted anew. */
    async zoneChanged(tx: Tx, organizationId: string): Promise<void> {
      await noteZoneChange(tx, organizationId, clock.now());
      await deps.jobs.enqueue(tx, countDaysAnew, { organizationId });
    },
  };
}
