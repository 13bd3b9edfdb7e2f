import type { Clock } from '../../../platform/clock.ts';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import type { JobQueue } from '../../../platform/jobs/jobs.ts';
import { moveMedia } from '../media.jobs.ts';
import type { MoveRow, MovesStore } from './moves.store.ts';
import type { PlaceId, Places } from './places.ts';

export type { MoveRow } from './moves.store.ts';

/** How files that lie elsewhere are brought to the place where new ones go. One move of an organisation at a time. */
export function createMoves({
  db,
  clock,
  jobs,
  store,
  places,
}: {
  db: Db;
  clock: Clock;
  jobs: JobQueue;
  store: MovesStore;
  places: Pick<Places, 'currentId'>;
}) {
  async function turned(tx: Tx, organizationId: string, state: 'running' | 'paused' | 'cancelled') {
    const row = await store.turn(tx, organizationId, state, clock.now());
    if (!row) throw new Failure('STORAGE_MOVE_NOT_FOUND');
    return row;
  }
  return {
    latest: (organizationId: string): Promise<MoveRow | undefined> => store.latest(organizationId, db),

    /** @throws Failure STORAGE_MOVE_UNDER_WAY */
    async begin(tx: Tx, organizationId: string): Promise<MoveRow> {
      const to = await places.currentId(tx, organizationId);
      const row = await store.begin(tx, organizationId, to, clock.now());
      if (!row) throw new Failure('STORAGE_MOVE_UNDER_WAY');
      await jobs.enqueue(tx, moveMedia, { moveId: row.id });
      return row;
    },

    /** @throws Failure STORAGE_MOVE_NOT_FOUND */
    pause: (tx: Tx, organizationId: string): Promise<MoveRow> => turned(tx, organizationId, 'paused'),

    /** What was moved stays moved. @throws Failure STORAGE_MOVE_NOT_FOUND */
    cancel: (tx: Tx, organizationId: string): Promise<MoveRow> => turned(tx, organizationId, 'cancelled'),

    /** @throws Failure STORAGE_MOVE_NOT_FOUND */
    async resume(tx: Tx, organizationId: string): Promise<MoveRow> {
      const row = await turned(tx, organizationId, 'running');
      await jobs.enqueue(tx, moveMedia, { moveId: row.id });
      return row;
    },

    /** In case their jobs were lost. */
    async revive(): Promise<void> {
      for (const moveId of await store.running()) {
        await inTransaction(db, (tx) => jobs.enqueue(tx, moveMedia, { moveId }));
      }
    },

    /** New files go elsewhere now: what is under way to another place ends. */
    async redirect(tx: Tx, organizationId: string, to: PlaceId): Promise<void> {
      const row = await store.latest(organizationId, tx);
      if (row && row.finished_at === null && row.place_id !== to)
        await turned(tx, organizationId, 'cancelled');
    },
  };
}

export type Moves = ReturnType<typeof createMoves>;
