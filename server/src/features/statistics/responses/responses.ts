import type { Tx } from '../../../platform/db/transaction.ts';
import type { RecordedEvent } from '../../../platform/events/define.ts';
import { placeInDay } from '../calendar.ts';
import { answerMsMax } from './buckets.ts';
import type { Answered, Awaiting, ResponseStore } from './responses.store.ts';
import { type Step, stepOf } from './steps.ts';

/**
 * How long people wait for an answer in direct chats: from the first message that is not answered yet to the first that
 * goes out. The time counts where it began, by day and hour.
 */
export function createResponses(store: Pick<ResponseStore, 'awaiting' | 'replace' | 'add'>) {
  return {
    stepsOf: (events: readonly RecordedEvent[]): Step[] => events.flatMap((event) => stepOf(event) ?? []),

    async apply(tx: Tx, steps: readonly Step[], zones: ReadonlyMap<string, string>): Promise<void> {
      const here = steps.filter(({ profileId }) => zones.has(profileId));
      if (here.length === 0) return;
      const ids = [...new Set(here.map(({ conversationId }) => conversationId))];
      const before = await store.awaiting(tx, ids);
      const { after, answered } = walk(here, before);
      const gone = [...before.keys()].filter((id) => !after.has(id));
      const opened = [...after.values()].filter((one) => before.get(one.conversationId) !== one);
      await store.replace(tx, gone, opened);
      await store.add(
        tx,
        answered.map((one) => ({ ...one, ...placeInDay(one.since, zones.get(one.profileId) ?? '') })),
      );
    },
  };
}

export type Responses = ReturnType<typeof createResponses>;

/** Goes through what happened, in order: who waits then, and who was answered. */
export function walk(steps: readonly Step[], before: ReadonlyMap<string, Awaiting>) {
  const after = new Map(before);
  const answered: Answered[] = [];
  for (const { by, conversationId, at, ...rest } of steps) {
    const waiting = after.get(conversationId);
    if (!by) {
      if (!waiting) after.set(conversationId, { ...rest, conversationId, since: at });
      continue;
    }
    // What was written before it is no answer; it was told late.
    if (!waiting || at < waiting.since) continue;
    after.delete(conversationId);
    const ms = at.getTime() - waiting.since.getTime();
    const { profileId, organizationId, since } = waiting;
    if (ms <= answerMsMax) answered.push({ profileId, organizationId, since, by, ms });
  }
  return { after, answered };
}
