import type { Actor } from '../../platform/actor.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { Failure } from '../../platform/failures.ts';
import type { Log } from '../../platform/log.ts';
import { createTell } from './bulk-acts.events.ts';
import type { BulkActStore, BulkRow } from './bulk-acts.store.ts';
import type { BulkAct, BulkKind, Outcome } from './kind.ts';

/** Told besides the end, as long as it goes on. */
const toldEveryMs = 2_000;
/** After so many faults of ours one thing is left, so that the others are done. */
const triesMax = 3;

/**
 * Goes on with an act where it stands: things, results and place commit together, so it may be interrupted anywhere and be
 * done by anybody.
 */
export function createBulkActRunner(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  events: EventRecorder;
  store: BulkActStore;
  kinds: readonly BulkKind[];
}) {
  const { db, clock, log, events, store } = deps;
  const kinds = new Map(deps.kinds.map((kind) => [kind.name, kind]));

  const tell = createTell(events);

  /** Does the next ones, if they still are; answers what became of the act, undefined when it has ended. */
  const settle = (
    kind: BulkKind,
    id: string,
    asked: readonly string[],
    work: (tx: Tx) => Promise<readonly Outcome[]>,
    isTold: boolean,
  ): Promise<BulkRow | undefined> =>
    inTransaction(db, async (tx) => {
      const row = await store.hold(tx, id);
      if (!row) return undefined;
      const ids = await store.next(tx, row, kind.atOnce(row.act));
      // Somebody else has done them meanwhile.
      if (ids.join() !== asked.join()) return row;
      const found = new Map((ids.length > 0 ? await work(tx) : []).map((one) => [one.id, one]));
      const outcomes = ids.map((one): Outcome => found.get(one) ?? { id: one, is: 'unchanged' });
      await store.settle(tx, id, outcomes);
      const isEnd = ids.length < kind.atOnce(row.act);
      const many = (is: Outcome['is']) => outcomes.filter((one) => one.is === is).length;
      const after = await store.update(tx, id, {
        ...{ done: row.done + ids.length, changed: row.changed + many('changed') },
        ...{ failed: row.failed + many('failed'), cursor: ids.at(-1) ?? row.cursor, tries: 0 },
        ...(isEnd && { status: 'done' as const, finished_at: clock.now() }),
      });
      if (isEnd || isTold) await tell(tx, kind, after);
      return isEnd ? undefined : after;
    });

  /** Whoever asked for it is gone: nobody acts for them. */
  const stop = (kind: BulkKind, id: string): Promise<void> =>
    inTransaction(db, async (tx) => {
      const row = await store.hold(tx, id);
      if (!row) return;
      const stopped = { status: 'stopped' as const, finished_at: clock.now() };
      await tell(tx, kind, await store.update(tx, id, stopped));
    });

  /** A failure of one is its result; what is a fault of ours is tried again some times. */
  async function outcomeOf(row: BulkRow, id: string, error: unknown): Promise<Outcome> {
    if (error instanceof Failure && error.code !== 'INTERNAL_ERROR') {
      return { id, is: 'failed', code: error.code, reason: error.message };
    }
    log.error({ err: error, bulkId: row.id, itemId: id }, 'one of many could not be changed');
    if (row.tries + 1 < triesMax) {
      await inTransaction(db, async (tx) => {
        if (await store.hold(tx, row.id)) await store.update(tx, row.id, { tries: row.tries + 1 });
      });
      throw error;
    }
    const reason = 'It could not be changed for a fault of the server.';
    return { id, is: 'failed', code: 'INTERNAL_ERROR', reason };
  }

  async function step(row: BulkRow, kind: BulkKind, isTold: boolean): Promise<BulkRow | undefined> {
    const actor = actorOf(row);
    const bulk: BulkAct = { id: row.id, profileId: row.profile_id, act: row.act, about: row.about };
    const ids = await store.next(db, row, kind.atOnce(row.act));
    const [only] = ids.length === 1 && kind.atOnce(row.act) === 1 ? ids : [];
    try {
      if (only !== undefined) await kind.ahead?.(actor, bulk, only);
      return await settle(kind, row.id, ids, (tx) => kind.act(tx, actor, bulk, ids), isTold);
    } catch (error) {
      if (only === undefined) throw error;
      const outcome = await outcomeOf(row, only, error);
      return settle(kind, row.id, ids, async () => [outcome], isTold);
    }
  }

  return async ({ bulkId }: { bulkId: string }, signal: AbortSignal): Promise<void> => {
    let row = await store.peek(bulkId);
    const kind = row && kinds.get(row.kind);
    if (!row || !kind) return;
    let toldMs = Number.NEGATIVE_INFINITY;
    while (row) {
      const nowMs = clock.now().getTime();
      const isTime = nowMs - toldMs >= toldEveryMs;
      // Asked at the beginning, too, when there is nothing to tell yet.
      if (isTime && !(await store.mayAct(row, clock.now()))) return stop(kind, bulkId);
      const isTold = isTime && toldMs > 0;
      if (isTime) toldMs = nowMs;
      row = await step(row, kind, isTold);
      // The job is handed to another node when this one stops.
      if (row) signal.throwIfAborted();
    }
  };
}

/** Whoever asked for it, with the reach they had for the act, and no other permission. */
function actorOf({ organization_id, asked_by, api_key_id, reach }: BulkRow): Actor {
  return {
    ...{ kind: api_key_id ? 'api-key' : 'user', userId: asked_by ?? '', organizationId: organization_id },
    ...{ role: '', permissions: new Set() },
    ...(api_key_id && { apiKeyId: api_key_id }),
    ...(reach && { reach: reach.reach }),
  };
}
