import type { Idempotency } from '../../http/idempotency.ts';
import type { Clock } from '../../platform/clock.ts';
import { createWakeAt } from '../../platform/concurrency/wake-at.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { Feature } from '../../platform/feature.ts';
import type { Log } from '../../platform/log.ts';
import type { Media } from '../media/index.ts';
import type { Messages } from '../messages/index.ts';
import { createFollower } from './follow.ts';
import { createHandOver } from './hand-over.ts';
import { messageScheduled, messageUnscheduled } from './schedule.events.ts';
import { scheduleKeeps } from './schedule.keeps.ts';
import { scheduleRoutes } from './schedule.routes.ts';
import { createScheduleService } from './schedule.service.ts';
import { createScheduleStore } from './schedule.store.ts';

export { readWhen } from './when.ts';

/** Messages for later. */
export function createSchedule(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  events: EventRecorder;
  idempotency: Pick<Idempotency, 'once' | 'recall'>;
  messages: Pick<Messages, 'readSend' | 'ignoredIn' | 'prepare' | 'deliver' | 'referFile' | 'presentContent'>;
  media: Pick<Media, 'release' | 'bodyBytesMax'>;
  validitySeconds: number;
}) {
  const { clock, log, media } = deps;
  const store = createScheduleStore(deps.db);
  const { look } = createHandOver({ ...deps, store });
  const due = createWakeAt({
    clock,
    look,
    failed: (err) => log.warn({ err }, 'scheduled messages could not be looked for; trying again'),
  });
  const service = createScheduleService({ ...deps, store, due });

  const feature: Feature = {
    name: 'schedule',
    routes: (app) => scheduleRoutes(app, service, media),
    events: [messageScheduled, messageUnscheduled],
    readers: [createFollower(store)],
    keeps: scheduleKeeps,
    async start() {
      due.start();
    },
    stop: () => due.stop(),
  };
  return { feature };
}
