import type { RecordedEvent } from '../../platform/events/define.ts';
import type { EventReader } from '../../platform/feature.ts';
import { messageCancelled, messageDeleted, messageFailed, messageSent } from '../messages/index.ts';
import type { Outcome, ScheduleStore } from './schedule.store.ts';

const statuses = new Map<string, Outcome['status']>([
  [messageSent.name, 'sent'],
  [messageFailed.name, 'failed'],
  [messageCancelled.name, 'cancelled'],
  // While it waited, else it had been decided before.
  [messageDeleted.name, 'cancelled'],
]);

/** A scheduled message is what has become of its message. */
export function createFollower(store: Pick<ScheduleStore, 'decided'>): EventReader {
  return {
    name: 'schedule.follow',
    concerns: async (events) => events.some((event) => outcomeOf(event) !== undefined),
    async read(events, tx) {
      const outcomes = events.map(outcomeOf).filter((outcome) => outcome !== undefined);
      if (outcomes.length > 0) await store.decided(tx, outcomes);
    },
  };
}

function outcomeOf({ name, body, occurredAt }: RecordedEvent): Outcome | undefined {
  const status = statuses.get(name);
  const { origin, messageId, code, error } = body as Record<string, unknown>;
  // The event of a deletion does not tell the origin.
  const isOurs = (origin as { kind?: string } | null)?.kind === 'schedule' || name === messageDeleted.name;
  if (!status || !isOurs) return undefined;
  return {
    ...{ messageId: String(messageId), status, at: occurredAt },
    ...{ code: (code as string | undefined) ?? null, error: (error as string | undefined) ?? null },
  };
}
