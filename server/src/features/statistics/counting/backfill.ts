import { setTimeout as pause } from 'node:timers/promises';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import { claimCursor } from '../../../platform/events/cursors.store.ts';
import { lastPosition } from '../../../platform/events/events.store.ts';
import type { JobQueue } from '../../../platform/jobs/jobs.ts';
import { countOlderMessages } from '../statistics.jobs.ts';
import type { BacklogStore, OlderMessage } from './backlog.store.ts';
import { countOf, countOfRow, type Levels, levels } from './count-of.ts';
import { addDays, zonesOf } from './days.store.ts';
import { readerName } from './follow.ts';
import { createTally } from './tally.ts';

const atOnceUsual = 1_000;
/** Between two steps, so that the reader of the events comes in between. */
const restMs = 20;
const workMsMax = 60_000;

/**
 * Counts the messages that were there before statistics, in small steps; each is a transaction, so a crash repeats none. A
 * message counts as it stands, without what events have told of it since: that is counted by the reader of the events, which
 * stands still during a step.
 */
export function createBackfill(deps: { db: Db; jobs: JobQueue; store: BacklogStore; atOnce?: number }) {
  const { db, jobs, store, atOnce = atOnceUsual } = deps;

  /** Answers false when there is nothing left, or another process is at it. */
  async function step(tx: Tx): Promise<boolean> {
    const place = await store.claim(tx);
    if (!place) return false;
    const position = await claimCursor(tx, readerName);
    // The reader is at work, or events from before its time are not numbered yet: it is the next step's turn.
    if (position === undefined || (await lastPosition(tx)) < position) return true;
    const messages = await store.next(tx, { behind: place.behind, position, limit: atOnce });
    const older = messages.filter(({ seq }) => seq <= place.seq_max);
    const zones = await zonesOf(
      tx,
      older.map(({ profile_id }) => profile_id),
    );
    const changes = await store.takeChanges(
      tx,
      older.map(({ id }) => id),
    );
    const tally = createTally((profileId) => zones.get(profileId));
    for (const message of older) {
      const { profile_id: profileId, direction, type, timestamp: at } = message;
      const told = [changes.get(message.id), ...unreadOf(message)];
      tally.add({ profileId, direction, type, at }, without(countOfRow(message), told));
    }
    await addDays(tx, tally.rows());
    const last = messages.at(-1);
    if (messages.length < atOnce || !last) await store.finish(tx);
    else await store.advance(tx, last.id);
    return true;
  }

  const enqueue = (tx: Tx) => jobs.enqueue(tx, countOlderMessages, {});

  return {
    async run(_: object, signal: AbortSignal): Promise<void> {
      const begunMs = performance.now();
      while (!signal.aborted && (await inTransaction(db, step))) {
        if (performance.now() - begunMs > workMsMax) return inTransaction(db, enqueue);
        await pause(restMs, undefined, { signal }).catch(() => undefined);
      }
    },

    /** Goes on where an earlier process stopped. */
    async start(): Promise<void> {
      if (await store.hasBacklog()) await inTransaction(db, enqueue);
    },
  };
}

/** What events that are not read yet will add. */
function unreadOf({ id, profile_id: profileId, unread }: OlderMessage): Levels[] {
  return (unread ?? []).flatMap(({ name, body }) => {
    const event = { id, name, body, profileId, position: 0, organizationId: '', occurredAt: new Date(0) };
    return countOf(event)?.change ?? [];
  });
}

function without(whole: Levels, parts: readonly (Levels | undefined)[]): Levels {
  const left = { ...whole };
  for (const part of parts) {
    for (const level of levels) left[level] = (left[level] ?? 0) - (part?.[level] ?? 0);
  }
  return left;
}
