import { type Selectable, sql } from 'kysely';
import { later } from '../../../platform/clock.ts';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import { newId } from '../../../platform/ids.ts';
import type { MediaRemovalsTable, MediaTable } from '../media.tables.ts';

/** A place has answered by then, or never will: a removal that was begun earlier ended with its process. */
const removalMsMax = 10 * 60_000;

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

/** The same, for who wants bytes at a place, and that they stay there. @throws BeingRemoved */
export async function lockToKeep(
  tx: Tx,
  { organization_id, sha256 }: Bytes,
  placeId: string | null,
  now: Date,
): Promise<number> {
  const total = await lockTotals(tx, organization_id);
  const under = await tx
    .selectFrom('media_removals')
    .select('id')
    .where('organization_id', '=', organization_id)
    .where('sha256', '=', sha256)
    .where('place_id', 'is not distinct from', placeId)
    .where('begun_at', '>', later(now, -removalMsMax))
    .limit(1)
    .execute();
  if (under.length > 0) throw new BeingRemoved();
  return total;
}

/** The bytes are just being removed from where somebody wants them. */
export class BeingRemoved extends Error {}

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
     * Notes that its bytes are being removed from now on: whoever wants the same there meanwhile waits, and stores them again.
     * False when there is nothing to remove: somebody has the bytes, they are just being moved there, or another is about it.
     */
    begin({ id, organization_id, sha256, place_id }: Removal, now: Date): Promise<boolean> {
      return inTransaction(db, async (tx) => {
        await lockTotals(tx, organization_id);
        const { rows } = await sql<{ had: boolean; copied: boolean }>`select
          exists (select from media where organization_id = ${organization_id} and sha256 = ${sha256}
            and place_id is not distinct from ${place_id}) as had,
          exists (select from media_moves where organization_id = ${organization_id} and finished_at is null
            and copying = ${sha256} and place_id is not distinct from ${place_id}) as copied`.execute(tx);
        if (rows[0]?.copied) return false;
        if (rows[0]?.had) {
          await tx.deleteFrom('media_removals').where('id', '=', id).execute();
          return false;
        }
        const { numUpdatedRows } = await tx
          .updateTable('media_removals')
          .set({ begun_at: now })
          .where('id', '=', id)
          .where((where) =>
            where.or([where('begun_at', 'is', null), where('begun_at', '<=', later(now, -removalMsMax))]),
          )
          .executeTakeFirst();
        return numUpdatedRows > 0n;
      });
    },

    /** The bytes are gone. */
    async done({ id }: Removal): Promise<void> {
      await db.deleteFrom('media_removals').where('id', '=', id).execute();
    },

    /** They could not be removed: another time. */
    async gaveUp({ id }: Removal): Promise<void> {
      await db.updateTable('media_removals').set({ begun_at: null }).where('id', '=', id).execute();
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
