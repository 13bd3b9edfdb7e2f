import type { Clock } from '../../../platform/clock.ts';
import { afterCommit, type Tx } from '../../../platform/db/transaction.ts';
import type { RecordedEvent } from '../../../platform/events/define.ts';
import type { EventReader } from '../../../platform/feature.ts';
import {
  messageCancelled,
  messageDeleted,
  messageDelivered,
  messageFailed,
  messageRead,
  messageSent,
} from '../../messages/index.ts';
import type { BroadcastRow, BroadcastStore } from '../broadcasts.store.ts';
import type { Ending } from '../ending.ts';
import { changeRecipients, type RecipientChange, recipientsOfMessages } from '../recipients.store.ts';
import { addCounts } from './counters.store.ts';
import { type Counts, countStep, type Level, level, noCounts, stepped } from './levels.ts';

const told = new Map<string, Level>([
  [messageSent.name, level.sent],
  [messageDelivered.name, level.delivered],
  [messageRead.name, level.read],
  [messageFailed.name, level.failed],
  [messageCancelled.name, level.cancelled],
  [messageDeleted.name, level.cancelled],
]);

/** What an event says of a message that a campaign may have made. */
interface Outcome {
  messageId: string;
  to: Level;
  code: string | null;
  reason: string | null;
}

/**
 * Counts what becomes of the messages of campaigns, from their events and in the transaction that moves the cursor: each
 * exactly once, by one reader, so no counter is fought for.
 */
export function createCount(deps: {
  clock: Clock;
  store: BroadcastStore;
  ending: Ending;
  /** There may be room again for more messages of this profile. */
  poke(profileId: string): void;
}): EventReader {
  const { clock, store, ending } = deps;

  async function apply(tx: Tx, row: BroadcastRow, changes: RecipientChange[], counts: Map<number, Counts>) {
    await changeRecipients(tx, row.id, changes, clock.now());
    for (const [variant, sums] of counts) await addCounts(tx, row.id, sums, variant);
    const hasFailed = changes.some(({ status }) => status === level.failed);
    if (hasFailed && row.settings.stopOnError && row.status === 'running') {
      return ending.fail(tx, row, 'A message failed, and the batch was to stop then.');
    }
    await ending.completeIfDone(tx, row);
  }

  return {
    name: 'broadcasts.count',
    concerns: async (events) => events.some((event) => outcomeOf(event) !== undefined),
    async read(events, tx) {
      const outcomes = events.flatMap((event) => outcomeOf(event) ?? []);
      if (outcomes.length === 0) return;
      const known = await recipientsOfMessages(tx, [...new Set(outcomes.map(({ messageId }) => messageId))]);
      if (known.length === 0) return;
      const rows = new Map(
        (await store.lockAll(tx, [...new Set(known.map(({ broadcast_id }) => broadcast_id))])).map((row) => [
          row.id,
          row,
        ]),
      );
      // Read again under the lock: whoever had it may have changed them.
      const recipients = await recipientsOfMessages(
        tx,
        known.flatMap(({ message_id }) => message_id ?? []),
      );
      for (const [id, row] of rows) {
        const changes: RecipientChange[] = [];
        const counts = new Map<number, Counts>();
        for (const recipient of recipients.filter(({ broadcast_id }) => broadcast_id === id)) {
          const { ord, variant, status } = recipient;
          let now: RecipientChange = { ord, status };
          for (const { to, code, reason } of outcomes.filter(
            ({ messageId }) => messageId === recipient.message_id,
          )) {
            const next = stepped(now.status, to);
            if (next !== now.status) now = { ord, status: next, code, reason };
          }
          if (now.status === status) continue;
          const sums = counts.get(variant) ?? noCounts();
          countStep(sums, status, now.status);
          counts.set(variant, sums);
          changes.push({ ord, status: now.status, code: now.code ?? null, reason: now.reason ?? null });
        }
        if (changes.length > 0) await apply(tx, row, changes, counts);
      }
      afterCommit(tx, () => {
        ending.progressed([...rows.keys()]);
        for (const profileId of new Set([...rows.values()].map((row) => row.profile_id)))
          deps.poke(profileId);
      });
    },
  };
}

function outcomeOf({ name, body }: RecordedEvent): Outcome | undefined {
  const to = told.get(name);
  if (to === undefined) return undefined;
  const { origin, messageId, code, error } = body as Record<string, unknown>;
  const kind = (origin as { kind?: string } | null | undefined)?.kind;
  // The event of a deletion does not tell the origin.
  if (kind !== 'broadcast' && kind !== 'bulk' && name !== messageDeleted.name) return undefined;
  return {
    ...{ messageId: String(messageId), to },
    ...{ code: (code as string | undefined) ?? null, reason: (error as string | undefined) ?? null },
  };
}
