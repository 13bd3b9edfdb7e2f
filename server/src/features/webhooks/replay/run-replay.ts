import type { Clock } from '../../../platform/clock.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import type { RecordedEvent } from '../../../platform/events/define.ts';
import { eventsWanted } from '../../../platform/events/events.store.ts';
import { wants } from '../../../platform/events/pattern.ts';
import type { DeliveryMaker, Unclaimed } from '../new-deliveries.ts';
import type { WebhookStore } from '../webhooks.store.ts';
import type { ReplayRow, ReplayStore } from './replays.store.ts';

const batch = 200;
/** So many deliveries by one request: who wants more says so again, when these have arrived. */
const madeMax = 100_000;

/**
 * Goes on with a replay where it stands: deliveries, counts and place commit together, so it may be interrupted anywhere
 * and run twice.
 */
export function createReplayRunner(deps: {
  db: Db;
  clock: Clock;
  webhooks: WebhookStore;
  store: ReplayStore;
  /** Events of its catalogue that webhooks carry. */
  publicNames: () => readonly string[];
  maker: DeliveryMaker;
  poke: (webhookIds: readonly string[]) => void;
}) {
  const { db, clock, store } = deps;

  async function eventsOf(row: ReplayRow, profileId: string | null): Promise<RecordedEvent[]> {
    return eventsWanted(
      db,
      {
        organizationId: row.organization_id,
        ...(profileId !== null && { profileId }),
        names: deps.publicNames().filter((name) => row.events === null || wants(row.events, name)),
        narrower: [],
        ...{ after: row.position, upTo: row.up_to, from: row.from_at, until: row.until_at },
      },
      batch,
    );
  }

  const end = (row: ReplayRow, status: 'done' | 'stopped', error: string | null) =>
    inTransaction(db, async (tx) => {
      if (!(await store.hold(tx, row))) return;
      const now = clock.now();
      const position = status === 'done' ? { position: row.up_to } : {};
      await store.update(tx, row.id, { status, error, ...position, updated_at: now, finished_at: now });
    });

  /** Answers the replay behind the batch; undefined when somebody else goes on with it, or it has ended. */
  async function take(row: ReplayRow, events: readonly RecordedEvent[], rows: readonly Unclaimed[]) {
    return inTransaction(db, async (tx) => {
      if (!(await store.hold(tx, row))) return undefined;
      const made = rows.length > 0 ? await store.deliver(tx, rows, row.only_missing) : 0;
      return store.update(tx, row.id, {
        position: events.at(-1)?.position ?? row.position,
        found: row.found + rows.length,
        made: row.made + made,
        updated_at: clock.now(),
      });
    });
  }

  return async ({ replayId }: { replayId: string }, signal: AbortSignal): Promise<void> => {
    let row = await store.running(replayId);
    while (row && !signal.aborted) {
      const subscription = await deps.webhooks.subscription(db, row.webhook_id);
      if (!subscription) return end(row, 'stopped', 'The webhook is switched off.');
      if (row.made >= madeMax) return end(row, 'stopped', `So many at once: go on after ${row.position}.`);
      const events = await eventsOf(row, subscription.profileId);
      if (events.length === 0) return end(row, 'done', null);
      const before: ReplayRow = row;
      const made = await Promise.all(events.map((event) => deps.maker.deliveriesOf(event, [subscription])));
      row = await take(before, events, made.flat());
      if (row && row.made > before.made) deps.poke([row.webhook_id]);
    }
    if (row) throw new Error('A replay was interrupted; the next run goes on with it.');
  };
}
