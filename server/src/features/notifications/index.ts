import { type Clock, dayMs, later } from '../../platform/clock.ts';
import type { Config } from '../../platform/config/config.ts';
import type { Vault } from '../../platform/crypto.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { EventDefinition } from '../../platform/events/define.ts';
import type { Feature } from '../../platform/feature.ts';
import type { Log } from '../../platform/log.ts';
import type { MailQueue } from '../../platform/mail.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import type { Personal } from '../../platform/personal.ts';
import { createAudience } from './audience.ts';
import { createDispatch } from './channels/dispatch.ts';
import { createFanOut } from './fan-out.ts';
import { notificationKeeps } from './notifications.keeps.ts';
import { notificationRoutes } from './notifications.routes.ts';
import { createNotificationService } from './notifications.service.ts';
import { createNotificationStore } from './notifications.store.ts';
import { createPushDelivery } from './push/deliver.ts';
import { createPushQueue } from './push/deliveries.store.ts';
import { createPushKeys } from './push/keys.store.ts';
import { pushRoutes } from './push/push.routes.ts';
import { createPushService } from './push/push.service.ts';
import { createPushRequest } from './push/request.ts';
import { subjectOf } from './push/subject.ts';
import { createSubscriptionStore } from './push/subscriptions.store.ts';
import { createTelling } from './telling.ts';

export { problemsOf as preferenceProblems } from './preferences.ts';

const keptDays = 90;

/** What people are notified of, and how. `forget` is for whoever changes members or what they prefer. */
export function createNotifications(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  vault: Vault;
  outbound: Outbound;
  mail: MailQueue;
  /** Where people reach this server. */
  address: () => string;
  config: Pick<Config, 'publicUrl' | 'smtpFrom'>;
  personal: Personal;
  /** The events of all features; a function, because features are composed one by one. */
  catalogue: () => readonly EventDefinition[];
}) {
  const { db, clock } = deps;
  const store = createNotificationStore(db);
  const audience = createAudience(deps);
  const telling = createTelling({ ...deps, store });
  const keys = createPushKeys(deps);
  const request = createPushRequest({ ...deps, keys, subject: subjectOf(deps.config) });
  const subscriptions = createSubscriptionStore(db);
  const queue = createPushQueue(db);
  const { deliverDue } = createPushDelivery({ ...deps, queue, subscriptions, request });
  const dispatch = createDispatch({ ...deps, queue, deliverDue });
  const forget = (organizationId: string) => audience.forget(organizationId);
  const pushes = createPushService({ ...deps, keys, request, subscriptions, changed: forget });
  const service = createNotificationService({ ...deps, store });
  const feature: Feature = {
    name: 'notifications',
    purge: () => store.purge(later(clock.now(), -keptDays * dayMs)),
    routes(app) {
      notificationRoutes(app, service);
      pushRoutes(app, pushes);
    },
    readers: [
      createFanOut({
        ...deps,
        audience,
        async settle(topics) {
          telling.read(await store.settle(topics, clock.now()));
        },
        made(rows) {
          telling.made(rows);
          const due = rows.flatMap((row) => [row.email_due_at ?? [], row.push_due_at ?? []].flat());
          for (const at of due) dispatch.at(at);
          if (due.some((at) => at <= clock.now())) dispatch.start();
        },
      }),
    ],
    keeps: notificationKeeps,
    async start() {
      await keys();
      dispatch.start();
    },
    async stop() {
      await dispatch.stop();
      await telling.settle();
    },
  };
  return {
    feature,
    forget,
  };
}
