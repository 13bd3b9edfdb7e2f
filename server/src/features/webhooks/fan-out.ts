import type { Clock } from '../../platform/clock.ts';
import { afterCommit, type Db, type Tx } from '../../platform/db/transaction.ts';
import type { EventDefinition, RecordedEvent } from '../../platform/events/define.ts';
import { wants } from '../../platform/events/pattern.ts';
import { wireEvent } from '../../platform/events/wire.ts';
import type { EventReader } from '../../platform/feature.ts';
import { newId } from '../../platform/ids.ts';
import type { Log } from '../../platform/log.ts';
import type { DeliveryStore, NewDelivery } from './deliveries.store.ts';
import type { Subscription, WebhookStore } from './webhooks.store.ts';

/** Turns events into deliveries, one for each enabled webhook that wants the event; a rerun adds none. */
export function createFanOut(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  webhooks: WebhookStore;
  deliveries: DeliveryStore;
  catalogue: () => readonly EventDefinition[];
  /** Called after the commit with the webhooks that got deliveries. */
  poke: (webhookIds: readonly string[]) => void;
}): EventReader {
  /** What `concerns` found for a batch, so that `read` need not ask again. */
  const found = new WeakMap<RecordedEvent[], Subscription[]>();
  const subscriptionsTo = (events: RecordedEvent[], db: Db | Tx) =>
    deps.webhooks.subscriptions(db, [...new Set(events.map((event) => event.organizationId))]);

  return {
    name: 'webhooks',
    async concerns(events) {
      const subscriptions = await subscriptionsTo(events, deps.db);
      found.set(events, subscriptions);
      return events.some((event) => subscriptions.some((one) => hears(one, event)));
    },
    async read(events, tx) {
      const subscriptions = found.get(events) ?? (await subscriptionsTo(events, tx));
      if (subscriptions.length === 0) return;
      const due = deps.clock.now();
      const rows: NewDelivery[] = [];
      for (const event of events) {
        const wanting = subscriptions.filter((one) => hears(one, event));
        const definition = deps.catalogue().find((one) => one.name === event.name);
        if (wanting.length === 0 || !definition?.isPublic) continue;
        const body = JSON.stringify(await wireEvent(event, definition, deps.log));
        for (const { id: webhookId } of wanting) {
          rows.push({
            id: newId(),
            webhookId,
            eventId: event.id,
            eventName: event.name,
            sequence: event.position,
            body,
            due,
          });
        }
      }
      await add(tx, rows);
    },
  };

  async function add(tx: Tx, rows: NewDelivery[]): Promise<void> {
    if (rows.length === 0) return;
    await deps.deliveries.insert(tx, rows);
    const touched = [...new Set(rows.map((row) => row.webhookId))];
    afterCommit(tx, () => deps.poke(touched));
  }
}

function hears(subscription: Subscription, event: RecordedEvent): boolean {
  return (
    subscription.organizationId === event.organizationId &&
    (subscription.profileId === null || subscription.profileId === event.profileId) &&
    wants(subscription.events, event.name)
  );
}
