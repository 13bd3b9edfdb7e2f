import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { EventDefinition, RecordedEvent } from '../../platform/events/define.ts';
import type { EventFacts } from '../../platform/events/facts.ts';
import { wants } from '../../platform/events/pattern.ts';
import { wireEvent } from '../../platform/events/wire.ts';
import type { EventReader } from '../../platform/feature.ts';
import { newId } from '../../platform/ids.ts';
import type { Log } from '../../platform/log.ts';
import type { Claim } from './claim.ts';
import type { DeliveryLoop } from './delivery-loop.ts';
import { type DeliveryQueue, fanOutReader, type NewDelivery } from './delivery-queue.store.ts';
import type { Subscription, WebhookStore } from './webhooks.store.ts';

const organizationsMax = 10_000;

/** Turns events into deliveries, one for each enabled webhook that subscribes to the event; a rerun adds none. */
export function createFanOut(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  webhooks: WebhookStore;
  queue: DeliveryQueue;
  catalogue: () => readonly EventDefinition[];
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

  const definitionOf = (event: RecordedEvent) => deps.catalogue().find(({ name }) => name === event.name);
  const webhooksFor = (event: RecordedEvent) => {
    const definition = definitionOf(event);
    const permission = definition?.permission ?? '';
    return (subscriptionsOf.get(event.organizationId) ?? []).filter(
      (one) =>
        hears(one, event) &&
        !one.notHearing.includes(permission) &&
        (!one.chooses || one.chooses(definition?.facts(event) ?? {})),
    );
  };

  return {
    name: fanOutReader,
    async concerns(events) {
      await learn(events);
      return events.some((event) => webhooksFor(event).length > 0);
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
    const due = deps.clock.now();
    const rows: NewDelivery[] = [];
    const places = new Map<string, number>();
    /** Whether there is a place for one more; each is given once. */
    const hasPlace = (webhookId: string) => {
      const left = places.get(webhookId) ?? deps.loop.placesFor(webhookId);
      places.set(webhookId, left - 1);
      return left > 0;
    };
    for (const event of events) {
      const webhooks = webhooksFor(event);
      const definition = definitionOf(event);
      if (webhooks.length === 0 || !definition?.isPublic) continue;
      const body = JSON.stringify(await wireEvent(event, definition, deps.log));
      const facts = definition.facts(event);
      for (const { id: webhookId, ordered } of webhooks) {
        rows.push({
          id: newId(),
          webhookId,
          eventId: event.id,
          eventName: event.name,
          sequence: event.position,
          body,
          due,
          messageId: facts.messageId ?? null,
          orderKey: ordered ? orderKeyOf(event, facts) : null,
          // What must come in order is claimed by looking at what is before it.
          claim: !ordered && hasPlace(webhookId),
        });
      }
    }
    return rows;
  }
}

/** Events of a conversation have the same key; so have those of a profile that are about none. */
function orderKeyOf({ profileId }: RecordedEvent, { chat }: EventFacts): string {
  return `${profileId ?? ''} ${chat ?? ''}`;
}

function hears(subscription: Subscription, event: RecordedEvent): boolean {
  return (
    subscription.organizationId === event.organizationId &&
    (subscription.profileId === null || subscription.profileId === event.profileId) &&
    wants(subscription.events, event.name)
  );
}
