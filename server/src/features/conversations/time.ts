import Type from 'typebox';
import type { Clock } from '../../platform/clock.ts';
import { type Db, inTransaction } from '../../platform/db/transaction.ts';
import type { RecordedEvent } from '../../platform/events/define.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { EventReader } from '../../platform/feature.ts';
import { defineJob } from '../../platform/jobs/define.ts';
import { updated } from './conversations.events.ts';
import { endOfTime, reopen } from './time.store.ts';

const batch = 200;
/** By its name: messages know conversations, not the other way round. */
const arrival = 'message.received';

/** Ends the rest and the silence of conversations at their time. */
export const endRestAndSilence = defineJob({
  name: 'conversations.end-of-time',
  payload: Type.Object({}),
  cron: '* * * * *',
  attemptsMax: 1,
});

export function createTime({ db, clock, events }: { db: Db; clock: Clock; events: EventRecorder }) {
  async function endSome(): Promise<number> {
    return inTransaction(db, async (tx) => {
      const now = clock.now();
      const { rested, silent } = await endOfTime(tx, now, batch);
      await events.recordAll(tx, [
        ...rested.map((row) => updated(row, ['status', 'snoozedUntil'], 'time', now)),
        ...silent.map((row) => updated(row, ['isMuted', 'mutedUntil'], 'time', now)),
      ]);
      return Math.max(rested.length, silent.length);
    });
  }

  return {
    async end(_payload: object, signal: AbortSignal): Promise<void> {
      while (!signal.aborted && (await endSome()) === batch);
    },

    /**
     * Somebody wrote: their conversation is open again. It is read from the log of events, so that storing what arrives
     * costs no statement more.
     */
    reader: {
      name: 'conversations.reopen',
      concerns: async (told) => told.some((event) => conversationOf(event) !== undefined),
      async read(told, tx) {
        const ids = told.flatMap((event) => conversationOf(event) ?? []);
        if (ids.length === 0) return;
        const now = clock.now();
        const opened = await reopen(tx, [...new Set(ids)], now);
        await events.recordAll(
          tx,
          opened.map((row) => updated(row, ['status', 'snoozedUntil'], 'time', now)),
        );
      },
    } satisfies EventReader,
  };
}

/** The conversation of a message that came into one that was not open. */
function conversationOf({ name, body }: RecordedEvent): string | undefined {
  const { conversation } = body as { conversation?: { id?: string; status?: string } };
  const isOpen = (conversation?.status ?? 'open') === 'open';
  return name === arrival && !isOpen ? conversation?.id : undefined;
}
