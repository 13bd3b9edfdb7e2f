import type { Clock } from '../../platform/clock.ts';
import type { EventDefinition, RecordedEvent } from '../../platform/events/define.ts';
import type { EventFacts } from '../../platform/events/facts.ts';
import { wants } from '../../platform/events/pattern.ts';
import { wireEvent } from '../../platform/events/wire.ts';
import { newId } from '../../platform/ids.ts';
import type { Log } from '../../platform/log.ts';
import type { NewDelivery } from './delivery-queue.store.ts';
import type { Subscription } from './webhooks.store.ts';

/** A delivery before it is said whether it is attempted at once. */
export type Unclaimed = Omit<NewDelivery, 'claim'>;
export type DeliveryMaker = ReturnType<typeof createDeliveryMaker>;

/** Says which webhooks hear an event, and makes the deliveries of it. */
export function createDeliveryMaker(deps: {
  clock: Clock;
  log: Log;
  catalogue: () => readonly EventDefinition[];
}) {
  const definitionOf = (event: RecordedEvent) => deps.catalogue().find(({ name }) => name === event.name);

  function listeners(event: RecordedEvent, subscriptions: readonly Subscription[]): Subscription[] {
    const definition = definitionOf(event);
    const permission = definition?.permission ?? '';
    return subscriptions.filter(
      (one) =>
        hears(one, event) &&
        !one.notHearing.includes(permission) &&
        (!one.chooses || one.chooses(definition?.facts(event) ?? {})),
    );
  }

  return {
    listeners,
    /** One for each of these webhooks that hears of it; none of an event that webhooks do not carry. */
    async deliveriesOf(event: RecordedEvent, subscriptions: readonly Subscription[]): Promise<Unclaimed[]> {
      const webhooks = listeners(event, subscriptions);
      const definition = definitionOf(event);
      if (webhooks.length === 0 || !definition?.isPublic) return [];
      const body = JSON.stringify(await wireEvent(event, definition, deps.log));
      const facts = definition.facts(event);
      const due = deps.clock.now();
      return webhooks.map(({ id: webhookId, ordered }) => ({
        id: newId(),
        webhookId,
        eventId: event.id,
        eventName: event.name,
        sequence: event.position,
        body,
        due,
        messageId: facts.messageId ?? null,
        orderKey: ordered ? orderKeyOf(event, facts) : null,
      }));
    },
  };
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
