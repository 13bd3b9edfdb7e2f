import { type Selectable, sql } from 'kysely';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import { newId } from '../../../platform/ids.ts';
import type { MediaMovesTable } from '../media.tables.ts';
import type { PlaceId } from './places.ts';
import { lockToKeep, lockTotals, unwanted } from './removals.store.ts';

export type MoveRow = Selectable<MediaMovesTable>;
/** Bytes that lie elsewhere. */
export interface Elsewhere {
  sha256: string;
  place_id: PlaceId;
  size: number;
  has_thumbnail: boolean;
}

/** Ready files of the organisation that lie elsewhere than at the place. */
const elsewhere = (organizationId: string, placeId: PlaceId) =>
  sql`organization_id = ${organizationId} and state = 'ready' and place_id is distinct from ${placeId}::uuid`;

/** The only SQL about files that move from one place to another. */
export function createMovesStore(db: Db) {
  return {
    find(id: string): Promise<MoveRow | undefined> {
      return db.selectFrom('media_moves').selectAll().where('id', '=', id).executeTakeFirst();
    },

    async running(): Promise<string[]> {
      const rows = await db.selectFrom('media_moves').select('id').where('state', '=', 'running').execute();
      return rows.map(({ id }) => id);
    },

    latest(organizationId: string, tx: Db | Tx = db): Promise<MoveRow | undefined> {
      return tx
        .selectFrom('media_moves')
        .selectAll()
        .where('organization_id', '=', organizationId)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst();
    },

    /** Undefined when one is under way. */
    async begin(tx: Tx, organizationId: string, placeId: PlaceId, now: Date): Promise<MoveRow | undefined> {
      // Of those before, nobody asks.
      await tx
        .deleteFrom('media_moves')
        .where('organization_id', '=', organizationId)
        .where('finished_at', 'is not', null)
        .execute();
      const { rows } = await sql<{ files: number; bytes: number }>`select count(*) as files,
        coalesce(sum(size), 0)::bigint as bytes from (select max(size) as size from media
          where ${elsewhere(organizationId, placeId)} group by sha256) as contents`.execute(tx);
      return tx
        .insertInto('media_moves')
        .values({
          ...{ id: newId(), organization_id: organizationId, place_id: placeId, state: 'running' },
          ...{ total_files: rows[0]?.files ?? 0, total_bytes: rows[0]?.bytes ?? 0 },
          ...{ created_at: now, updated_at: now },
        })
        .onConflict((conflict) =>
          conflict.column('organization_id').where('finished_at', 'is', null).doNothing(),
        )
        .returningAll()
        .executeTakeFirst();
    },

    /** Of the move that is under way; undefined when there is none. */
    turn(
      tx: Tx,
      organizationId: string,
      state: 'running' | 'paused' | 'cancelled',
      now: Date,
    ): Promise<MoveRow | undefined> {
      return tx
        .updateTable('media_moves')
        .set({
          ...{ state, copying: null, updated_at: now },
          ...(state === 'running' && { attempts: 0, problem: null }),
          ...(state === 'cancelled' && { finished_at: now }),
        })
        .where('organization_id', '=', organizationId)
        .where('finished_at', 'is', null)
        .returningAll()
        .executeTakeFirst();
    },

    /** The next bytes behind those that had their turn. */
    async next({ organization_id, place_id, done_to }: MoveRow): Promise<Elsewhere | undefined> {
      const { rows } = await sql<Elsewhere>`select sha256, place_id, size,
          exists (select from media t where t.organization_id = media.organization_id and t.sha256 = media.sha256
            and t.has_thumbnail) as has_thumbnail
        from media where ${elsewhere(organization_id, place_id)} and sha256 > ${done_to}
        order by sha256 limit 1`.execute(db);
      return rows[0];
    },

    /**
     * Says that these bytes are being copied: they are not removed there meanwhile. False when the move does not run.
     * @throws BeingRemoved
     */
    async copying({ id, organization_id, place_id }: MoveRow, sha256: string, now: Date): Promise<boolean> {
      return inTransaction(db, async (tx) => {
        await lockToKeep(tx, { organization_id, sha256 }, place_id, now);
        const { numUpdatedRows } = await tx
          .updateTable('media_moves')
          .set({ copying: sha256 })
          .where('id', '=', id)
          .where('state', '=', 'running')
          .executeTakeFirst();
        return numUpdatedRows > 0n;
      });
    },

    /** From the commit on these bytes are read at their new place; where they lay, they wait to be removed. */
    async switched(move: MoveRow, bytes: Elsewhere, now: Date): Promise<void> {
      const { id, organization_id, place_id } = move;
      const whose = { organization_id, sha256: bytes.sha256 };
      await inTransaction(db, async (tx) => {
        await lockTotals(tx, organization_id);
        const { numUpdatedRows } = await tx
          .updateTable('media_moves')
          .set({
            ...{ done_to: bytes.sha256, copying: null, attempts: 0, problem: null, updated_at: now },
            moved_files: sql`moved_files + 1`,
            moved_bytes: sql`moved_bytes + ${bytes.size}`,
          })
          .where('id', '=', id)
          .where('state', '=', 'running')
          .where('copying', '=', bytes.sha256)
          .executeTakeFirst();
        if (numUpdatedRows === 0n) return unwanted(tx, whose, [place_id]);
        const { rows } = await sql<{ place_id: PlaceId }>`with before as (
            select id, place_id from media where ${elsewhere(organization_id, place_id)} and sha256 = ${bytes.sha256}
            for update
          )
          update media set place_id = ${place_id}::uuid from before where media.id = before.id
          returning before.place_id`.execute(tx);
        const left = [...new Set(rows.map((row) => row.place_id))];
        // Nobody has them any more: then the copy is not needed either.
        await unwanted(tx, whose, left.length > 0 ? left : [place_id]);
      });
    },

    /** These bytes stay where they are. Those that nobody has any more are no failure. */
    async failed(move: MoveRow, { sha256 }: Elsewhere, problem: string, now: Date): Promise<void> {
      const { id, organization_id, place_id } = move;
      await inTransaction(db, async (tx) => {
        await lockTotals(tx, organization_id);
        await unwanted(tx, { organization_id, sha256 }, [place_id]);
        await sql`update media_moves set done_to = ${sha256}, copying = null, updated_at = ${now},
            failed_files = failed_files + there.count, problem = case when there.count = 0 then problem else ${problem} end
          from (select count(distinct sha256) as count from media
            where ${elsewhere(organization_id, place_id)} and sha256 = ${sha256}) as there
          where id = ${id} and state = 'running'`.execute(tx);
      });
    },

    /** A place did not answer; undefined when the move does not run. */
    async held(tx: Tx, id: string, problem: string, now: Date): Promise<number | undefined> {
      const row = await tx
        .updateTable('media_moves')
        .set({ problem, attempts: sql`attempts + 1`, updated_at: now })
        .where('id', '=', id)
        .where('state', '=', 'running')
        .returning('attempts')
        .executeTakeFirst();
      return row?.attempts;
    },

    /** Ends it where nothing is left to move, or begins anew with what came meanwhile; whether it ended. */
    async ended(tx: Tx, { id, organization_id, place_id }: MoveRow, now: Date): Promise<boolean> {
      const { rows } = await sql<{ ended: boolean }>`update media_moves set
          state = case when failed_files > 0 then 'incomplete' when there.more then 'running' else 'done' end,
          finished_at = case when failed_files = 0 and there.more then null else ${now}::timestamptz end,
          done_to = '', copying = null, updated_at = ${now}
        from (select exists (select from media where ${elsewhere(organization_id, place_id)}) as more) as there
        where id = ${id} and state = 'running' returning finished_at is not null as ended`.execute(tx);
      return rows[0]?.ended ?? true;
    },
  };
}

export type MovesStore = ReturnType<typeof createMovesStore>;
