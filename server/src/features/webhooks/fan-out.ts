import type { Db } from '../../platform/db/transaction.ts';
import type { RecordedEvent } from '../../platform/events/define.ts';
import type { EventReader } from '../../platform/feature.ts';
import type { Claim } from './claim.ts';
import type { DeliveryLoop } from './delivery-loop.ts';
import { type DeliveryQueue, fanOutReader, type NewDelivery } from './delivery-queue.store.ts';
import type { DeliveryMaker } from './new-deliveries.ts';
import type { Subscription, WebhookStore } from './webhooks.store.ts';

const organizationsMax = 10_000;

/** Turns events into deliveries, one for each enabled webhook that subscribes to the event; a rerun adds none. */
export function createFanOut(deps: {
  db: Db;
  webhooks: WebhookStore;
  queue: DeliveryQueue;
  maker: DeliveryMaker;
  /** Attempts what was made, at once where it has a place free. */
  loop: Pick<DeliveryLoop, 'placesFor' | 'take' | 'poke'>;
  nodeId: string;
}): EventReader {
  /**
   * The enabled webhooks of organisations, in memory. Every change of a webhook is an event itself, which removes the
   * organisation here, so events behind it are read with the new state.
   */
  const subscriptionsOf = new Map<string, Subscription[]>();

  async function learn(events: RecordedEvent[]): Promise<void> {
    if (subscriptionsOf.size > organizationsMax) subscriptionsOf.clear();
    for (const event of events)
      if (event.name.startsWith('webhook.')) subscriptionsOf.delete(event.organizationId);
    const missing = new Set(
      events.map((event) => event.organizationId).filter((id) => !subscriptionsOf.has(id)),
    );
    if (missing.size === 0) return;
    const subscriptions = await deps.webhooks.subscriptions(deps.db, [...missing]);
    for (const id of missing)
      subscriptionsOf.set(
        id,
        subscriptions.filter((subscription) => subscription.organizationId === id),
      );
  }

  const ofOrganization = (event: RecordedEvent) => subscriptionsOf.get(event.organizationId) ?? [];

  return {
    name: fanOutReader,
    async concerns(events) {
      await learn(events);
      return events.some((event) => deps.maker.listeners(event, ofOrganization(event)).length > 0);
    },
    passed: () => subscriptionsOf.clear(),
    async readAtOnce(events) {
      const rows = await deliveriesOf(events);
      if (rows.length === 0) return undefined;
      return {
        ...deps.queue.inserting(rows, deps.nodeId),
        done(made) {
          const claims = made as Claim[];
          const claimed = new Set(claims.map(({ id }) => id));
          deps.loop.take(claims);
          const left = rows.filter(({ id }) => !claimed.has(id)).map(({ webhookId }) => webhookId);
          if (left.length > 0) deps.loop.poke([...new Set(left)]);
        },
        // A webhook that was deleted meanwhile would fail again and again.
        failed: () => subscriptionsOf.clear(),
      };
    },
  };

  async function deliveriesOf(events: RecordedEvent[]): Promise<NewDelivery[]> {
    const places = new Map<string, number>();
    /** Whether there is a place for one more; each is given once. */
    const hasPlace = (webhookId: string) => {
      const left = places.get(webhookId) ?? deps.loop.placesFor(webhookId);
      places.set(webhookId, left - 1);
      return left > 0;
    };
    const rows: NewDelivery[] = [];
    for (const event of events) {
      for (const row of await deps.maker.deliveriesOf(event, ofOrganization(event))) {
        // What must come in order is claimed by looking at what is before it.
        rows.push({ ...row, claim: row.orderKey === null && hasPlace(row.webhookId) });
      }
    }
    return rows;
  }
}
