import { createHash } from 'node:crypto';
import { addAbortSignal } from 'node:stream';
import { type Clock, later } from '../../../platform/clock.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import type { JobQueue } from '../../../platform/jobs/jobs.ts';
import type { Log } from '../../../platform/log.ts';
import { NotStored, nameOf, type Storage, TooManyBytes } from '../../../platform/storage/storage.ts';
import { cleanUpMedia, moveMedia } from '../media.jobs.ts';
import type { Elsewhere, MoveRow, MovesStore } from './moves.store.ts';
import type { PlaceId, Places } from './places.ts';
import { whenNotRemoved } from './removals.ts';

/** Then the next run goes on: moves of others take turns with it. */
const turnMs = 60_000;
const againMsFirst = 5_000;
const againMsMax = 15 * 60_000;
const thumbnailBytesMax = 1_000_000;

/** A file that is not what it should be: it stays where it is, and the others go on. */
class Damaged extends Error {}

/**
 * Moves files, one after the other: copied as a stream, read back and compared, then the row says where they are, then the
 * old ones wait to be removed. Killed at any moment, it goes on with the file it was at.
 */
export function createMover(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  jobs: JobQueue;
  store: MovesStore;
  places: Pick<Places, 'at'>;
}) {
  const { db, clock, log, jobs, store, places } = deps;

  async function move(row: MoveRow, bytes: Elsewhere, signal: AbortSignal): Promise<void> {
    const [from, to] = [await places.at(bytes.place_id), await places.at(row.place_id)];
    const name = (part?: string) => nameOf(row.organization_id, bytes.sha256, part);
    const hash = await copy(from, to, name(), bytes.size, signal);
    if (hash !== bytes.sha256) throw new Damaged('A file is not any more what it was when it came.');
    if (bytes.has_thumbnail) {
      await copy(from, to, name('thumbnail'), thumbnailBytesMax, signal).catch((error: unknown) => {
        // Missed by nobody but those who look at a list: no reason to leave the file itself behind.
        if (!(error instanceof NotStored)) throw error;
      });
    }
    await store.switched(row, bytes, clock.now());
  }

  /** The row as it is now, if there is something to do for it. */
  async function next(id: string): Promise<{ row: MoveRow; bytes: Elsewhere | undefined } | undefined> {
    const row = await store.find(id);
    return row?.state === 'running' ? { row, bytes: await store.next(row) } : undefined;
  }

  async function end(row: MoveRow): Promise<void> {
    await inTransaction(db, async (tx) => {
      if (await store.ended(tx, row, clock.now())) await jobs.enqueue(tx, cleanUpMedia, {});
      else await jobs.enqueue(tx, moveMedia, { moveId: row.id });
    });
  }

  /** A place did not answer: later it may. */
  async function hold(id: string, error: unknown): Promise<void> {
    log.warn({ err: error, move: id }, 'Files could not be moved; it is tried again later');
    const says = error instanceof Failure ? error.message : 'A file could not be copied.';
    await inTransaction(db, async (tx) => {
      const attempts = await store.held(tx, id, says, clock.now());
      if (attempts === undefined) return;
      const waitMs = Math.min(againMsFirst * 2 ** (attempts - 1), againMsMax);
      await jobs.enqueue(tx, moveMedia, { moveId: id }, { startAfter: later(clock.now(), waitMs) });
    });
  }

  return async function run({ moveId }: { moveId: string }, signal: AbortSignal): Promise<void> {
    const endsAtMs = performance.now() + turnMs;
    for (let at = await next(moveId); at; at = await next(moveId)) {
      signal.throwIfAborted();
      const { row, bytes } = at;
      if (!bytes) return end(row);
      if (performance.now() > endsAtMs) {
        return inTransaction(db, (tx) => jobs.enqueue(tx, moveMedia, { moveId }));
      }
      try {
        if (!(await whenNotRemoved(() => store.copying(row, bytes.sha256, clock.now())))) return;
        await move(row, bytes, signal);
      } catch (error) {
        signal.throwIfAborted();
        const problem = problemOf(error, bytes.place_id);
        if (problem === undefined) return hold(moveId, error);
        await store.failed(row, bytes, problem, clock.now());
      }
    }
  };
}

/** Copies a file and reads it back; answers its hash. Never whole in memory. */
async function copy(from: Storage, to: Storage, name: string, bytesMax: number, signal: AbortSignal) {
  const source = addAbortSignal(signal, await from.open(name));
  const received = await to.receive(source, { bytesMax });
  await received.keep(name).finally(received.discard);
  const hash = createHash('sha256');
  for await (const chunk of addAbortSignal(signal, await to.open(name))) hash.update(chunk as Uint8Array);
  if (hash.digest('hex') !== received.sha256) throw new Damaged('A file did not arrive as it was sent.');
  return received.sha256;
}

/** What is wrong with the file; undefined when it may be well another time. */
function problemOf(error: unknown, place: PlaceId): string | undefined {
  if (error instanceof Damaged) return error.message;
  if (error instanceof TooManyBytes) return 'A file is longer than it was when it came.';
  if (!(error instanceof NotStored)) return undefined;
  return place === null
    ? 'A file is not in the storage of this server.'
    : 'A file is not in its bucket any more.';
}
