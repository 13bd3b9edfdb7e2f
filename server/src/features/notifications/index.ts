import { type Clock, dayMs, later } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { EventDefinition } from '../../platform/events/define.ts';
import type { Feature } from '../../platform/feature.ts';
import type { Log } from '../../platform/log.ts';
import type { Personal } from '../../platform/personal.ts';
import { createAudience } from './audience.ts';
import { createFanOut } from './fan-out.ts';
import { notificationKeeps } from './notifications.keeps.ts';
import { notificationRoutes } from './notifications.routes.ts';
import { createNotificationService } from './notifications.service.ts';
import { createNotificationStore } from './notifications.store.ts';
import { createTelling } from './telling.ts';

export { problemsOf as preferenceProblems } from './preferences.ts';

const keptDays = 90;

/** What people are notified of, and how. `forget` is for whoever changes members or what they prefer. */
export function createNotifications(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  personal: Personal;
  /** The events of all features; a function, because features are composed one by one. */
  catalogue: () => readonly EventDefinition[];
}) {
  const { db, clock } = deps;
  const store = createNotificationStore(db);
  const audience = createAudience({ db });
  const telling = createTelling({ ...deps, store });
  const service = createNotificationService({ ...deps, store });
  const feature: Feature = {
    name: 'notifications',
    routes: (app) => notificationRoutes(app, service),
    readers: [createFanOut({ ...deps, audience, made: telling.made })],
    keeps: notificationKeeps,
    stop: () => telling.settle(),
  };
  return {
    feature,
    forget: (organizationId: string) => audience.forget(organizationId),
    purge: () => store.purge(later(clock.now(), -keptDays * dayMs)),
  };
}
