import type { Receipt } from '../../engines/port.ts';
import type { Clock } from '../../platform/clock.ts';
import { batched } from '../../platform/concurrency/batched.ts';
import type { Turns } from '../../platform/concurrency/in-turn.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { Live } from '../profiles/index.ts';
import type { MessageRow } from './messages.present.ts';
import { gatherMs, progressLine } from './outbox/settle.ts';
import { forwardMessages, type ReceiptOf } from './receipts.store.ts';

/** The failure of a call that shared its statement with others. */
type Result = { error: unknown } | undefined;

/** Moves messages forward by what receivers acknowledge; what arrives late or twice changes nothing. */
export function createReceipts(deps: {
  db: Db;
  clock: Clock;
  events: EventRecorder;
  turns: Turns<string>;
  decided(row: MessageRow): void;
}) {
  const { db, clock, events, turns, decided } = deps;

  async function write(receipts: ReceiptOf[]): Promise<void> {
    const rows = await forwardMessages(db, events, receipts, clock.now());
    if (rows.length > 0) events.committed();
    for (const row of rows) decided(row);
  }

  const fails = (work: Promise<void>): Promise<Result> =>
    work.then(
      () => undefined,
      (error: unknown) => ({ error }),
    );

  /** All at once; when that fails, each call by itself, so that none fails for the receipts of another profile. */
  async function writeAll(calls: ReceiptOf[][]): Promise<Result[]> {
    const result = await fails(write(calls.flat()));
    if (!result || calls.length === 1) return calls.map(() => result);
    const results: Result[] = [];
    for (const receipts of calls) results.push(await fails(write(receipts)));
    return results;
  }

  const gather = batched((calls: ReceiptOf[][]) => turns.inTurn(progressLine, () => writeAll(calls)), {
    gatherMs,
  });

  return {
    async receipts(live: Live, receipts: Receipt[]): Promise<void> {
      const result = await gather(
        receipts.flatMap(({ ids, status }) =>
          ids.map((waMessageId) => ({ profileId: live.profileId, waMessageId, status })),
        ),
      );
      if (result) throw result.error;
    },
  };
}

export type Receipts = ReturnType<typeof createReceipts>;
