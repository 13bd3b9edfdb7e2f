import { type Clock, dayMs, later } from '../../platform/clock.ts';
import type { Config } from '../../platform/config/config.ts';
import { purgeEventsBefore } from '../../platform/events/events.store.ts';
import type { OpenFeed } from '../../platform/events/feed.ts';
import type { Feature } from '../../platform/feature.ts';
import { purgeEvents } from './events.jobs.ts';
import { eventKeeps } from './events.keeps.ts';
import { catalogueRoutes, eventRoutes } from './events.routes.ts';
import { createEventService, type EventServiceDeps } from './events.service.ts';
import { createStreams } from './stream.ts';

export interface EventsDeps extends EventServiceDeps {
  clock: Clock;
  config: Pick<Config, 'eventRetentionDays'>;
}

/** Reading what happened, and forgetting it in time. */
export function createEvents(deps: EventsDeps): { feature: Feature; openFeed: OpenFeed } {
  const { db, clock, config } = deps;
  const service = createEventService(deps);
  const streams = createStreams(deps);
  return {
    openFeed: service.open,
    feature: {
      name: 'events',
      routes(app) {
        eventRoutes(app, { service, streams });
        catalogueRoutes(app, deps.catalogue);
      },
      jobs: [
        purgeEvents.runs(async (_, signal) => {
          await purgeEventsBefore(db, later(clock.now(), -config.eventRetentionDays * dayMs), signal);
        }),
      ],
      keeps: eventKeeps,
      drain: () => streams.end(),
      stop: () => streams.stop(),
    },
  };
}
