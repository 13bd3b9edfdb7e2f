import { type Clock, later } from '../../../platform/clock.ts';
import { afterCommit, type Tx } from '../../../platform/db/transaction.ts';
import type { RecordedEvent } from '../../../platform/events/define.ts';
import type { EventReader } from '../../../platform/feature.ts';
import {
  type Messages,
  messageCancelled,
  messageDeleted,
  messageDelivered,
  messageFailed,
  messageRead,
  messageSent,
  passingFailures,
} from '../../messages/index.ts';
import type { BroadcastRow, BroadcastStore } from '../broadcasts.store.ts';
import type { Ending } from '../ending.ts';
import {
  changeRecipients,
  noteRetries,
  type RecipientChange,
  recipientsOfMessages,
} from '../recipients.store.ts';
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

/** After its first failure; longer each time. */
const retryMs = 5_000;

type Counted = Awaited<ReturnType<typeof recipientsOfMessages>>[number];

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
  messages: Pick<Messages, 'campaigns'>;
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
    if (!(await ending.completeIfDone(tx, row))) await ending.pauseIfPartDone(tx, row);
  }

  /** Puts back into the queue what failed for a passing reason, as often as the campaign wants it. */
  async function retry(tx: Tx, row: BroadcastRow, failed: readonly Counted[]): Promise<Set<string>> {
    const { retryFailed, retryAttempts } = row.settings;
    if (!retryFailed || !['running', 'paused'].includes(row.status)) return new Set();
    const back = new Set<string>();
    for (let tries = 0; tries < retryAttempts; tries++) {
      const ids = failed.flatMap(({ retries, message_id }) => (retries === tries && message_id) || []);
      if (ids.length === 0) continue;
      const dueAt = later(clock.now(), retryMs * 2 ** tries);
      for (const id of await deps.messages.campaigns.again(tx, ids, dueAt)) back.add(id);
    }
    if (back.size === 0) return back;
    await noteRetries(tx, row.id, [...back]);
    if (row.status === 'paused') await deps.messages.campaigns.hold(tx, [...back]);
    return back;
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
        const own = recipients.filter(({ broadcast_id }) => broadcast_id === id);
        const again = await retry(
          tx,
          row,
          own.filter((one) => mayBeTriedAgain(one, outcomes)),
        );
        for (const recipient of own) {
          if (again.has(String(recipient.message_id))) continue;
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

/** It failed last, before WhatsApp had any of it. */
function mayBeTriedAgain({ message_id, status }: Counted, outcomes: readonly Outcome[]): boolean {
  const last = outcomes.findLast(({ messageId }) => messageId === message_id);
  return status === level.queued && last?.to === level.failed && passingFailures.includes(String(last.code));
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
