import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { Feature } from '../../platform/feature.ts';
import { createArrivals } from './arrivals.ts';
import * as events from './statuses.events.ts';
import { statusKeeps } from './statuses.keeps.ts';
import { statusRoutes } from './statuses.routes.ts';
import { createStatusStore } from './statuses.store.ts';

/** Status updates (stories): posts for everybody, which are no messages and have a place of their own. */
export function createStatuses(deps: {
  db: Db;
  clock: Clock;
  events: EventRecorder;
  /** Whether profiles that say nothing about it drop them. */
  dropsByItself: boolean;
}) {
  const store = createStatusStore(deps.db);
  const feature: Feature = {
    name: 'statuses',
    routes: (app) => statusRoutes(app, { db: deps.db, store }),
    events: Object.values(events),
    keeps: statusKeeps,
  };
  return { feature, take: createArrivals({ ...deps, store }), find: store.find };
}

export type Statuses = ReturnType<typeof createStatuses>;
