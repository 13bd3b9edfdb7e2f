import { type Selectable, sql } from 'kysely';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import { newId } from '../../../platform/ids.ts';
import type { MediaRemovalsTable, MediaTable } from '../media.tables.ts';

export type Removal = Selectable<MediaRemovalsTable>;
type Bytes = Pick<Selectable<MediaTable>, 'organization_id' | 'sha256'>;

/** One organisation after the other: what is counted, and what is the last with its bytes, is true until the commit. */
export async function lockTotals(tx: Tx, organizationId: string): Promise<number> {
  await tx
    .insertInto('media_totals')
    .values({ organization_id: organizationId })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { bytes } = await tx
    .selectFrom('media_totals')
    .select('bytes')
    .where('organization_id', '=', organizationId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return bytes;
}

/** At these places nobody may need these bytes any more. */
export async function unwanted(
  tx: Tx,
  { organization_id, sha256 }: Bytes,
  placeIds: readonly (string | null)[],
): Promise<void> {
  if (placeIds.length === 0) return;
  const rows = placeIds.map((place_id) => ({ id: newId(), organization_id, sha256, place_id }));
  await tx.insertInto('media_removals').values(rows).execute();
}

/** The only SQL about bytes that wait to be removed. */
export function createRemovalsStore(db: Db) {
  return {
    /** Those of one place, oldest first. */
    of(placeId: string | null, after: string | undefined, limit: number): Promise<Removal[]> {
      return db
        .selectFrom('media_removals')
        .selectAll()
        .where('place_id', placeId === null ? 'is' : '=', placeId)
        .$if(after !== undefined, (query) => query.where('id', '>', String(after)))
        .orderBy('id')
        .limit(limit)
        .execute();
    },

    /** Those of an organisation that is being erased. */
    some(organizationId: string, limit: number): Promise<Removal[]> {
      return db
        .selectFrom('media_removals')
        .selectAll()
        .where('organization_id', '=', organizationId)
        .orderBy('id')
        .limit(limit)
        .execute();
    },

    /**
     * Does one, before the commit: whoever wants the same bytes there meanwhile waits, and stores them again. Bytes that
     * somebody has, or that are just being moved there, stay.
     */
    settle(removal: Removal, removeBytes: () => Promise<void>): Promise<void> {
      return inTransaction(db, async (tx) => {
        await lockTotals(tx, removal.organization_id);
        const { rows } = await sql<{ had: boolean; copied: boolean }>`select
          exists (select from media where organization_id = ${removal.organization_id} and sha256 = ${removal.sha256}
            and place_id is not distinct from ${removal.place_id}) as had,
          exists (select from media_moves where organization_id = ${removal.organization_id} and finished_at is null
            and copying = ${removal.sha256} and place_id is not distinct from ${removal.place_id}) as copied`.execute(
          tx,
        );
        if (rows[0]?.copied) return;
        const { numDeletedRows } = await tx
          .deleteFrom('media_removals')
          .where('id', '=', removal.id)
          .executeTakeFirst();
        if (numDeletedRows > 0n && !rows[0]?.had) await removeBytes();
      });
    },

    /** Gives up what an organisation still has at a place of its own. */
    async forget(organizationId: string, placeId: string): Promise<void> {
      await db
        .deleteFrom('media_removals')
        .where('organization_id', '=', organizationId)
        .where('place_id', '=', placeId)
        .execute();
    },

    /** Own places with something to remove, those that answered last time first. */
    async places(now: Date, limit: number): Promise<string[]> {
      const rows = await db
        .selectFrom('media_places')
        .select('id')
        .where((where) => where.or([where('rests_until', 'is', null), where('rests_until', '<=', now)]))
        .where((where) =>
          where.exists(
            where.selectFrom('media_removals').select('id').whereRef('place_id', '=', 'media_places.id'),
          ),
        )
        .orderBy('failures')
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(({ id }) => id);
    },

    /** A place did not do it: it rests, longer each time. */
    async rest(placeId: string, until: (failures: number) => Date): Promise<void> {
      const row = await db
        .updateTable('media_places')
        .set({ failures: sql`failures + 1` })
        .where('id', '=', placeId)
        .returning('failures')
        .executeTakeFirst();
      if (!row) return;
      await db
        .updateTable('media_places')
        .set({ rests_until: until(row.failures) })
        .where('id', '=', placeId)
        .execute();
    },

    async answered(placeId: string): Promise<void> {
      await db
        .updateTable('media_places')
        .set({ failures: 0, rests_until: null })
        .where('id', '=', placeId)
        .where('failures', '>', 0)
        .execute();
    },
  };
}
