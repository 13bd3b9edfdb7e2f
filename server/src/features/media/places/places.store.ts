import { type Insertable, type Selectable, sql } from 'kysely';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import type { MediaPlacesTable } from '../media.tables.ts';

export type PlaceRow = Selectable<MediaPlacesTable>;

/** The only SQL about places that organisations have set. */
export function createPlacesStore(db: Db) {
  return {
    find(id: string): Promise<PlaceRow | undefined> {
      return db.selectFrom('media_places').selectAll().where('id', '=', id).executeTakeFirst();
    },

    current(organizationId: string, tx: Db | Tx = db): Promise<PlaceRow | undefined> {
      return tx
        .selectFrom('media_places')
        .selectAll()
        .where('organization_id', '=', organizationId)
        .where('is_current', '=', true)
        .executeTakeFirst();
    },

    /** All that the organisation still has something in, newest first. */
    all(tx: Tx, organizationId: string): Promise<PlaceRow[]> {
      return tx
        .selectFrom('media_places')
        .selectAll()
        .where('organization_id', '=', organizationId)
        .orderBy('id', 'desc')
        .execute();
    },

    /** From the commit on new files go to the server's own storage. */
    async leave(tx: Tx, organizationId: string, now: Date): Promise<void> {
      await tx
        .updateTable('media_places')
        .set({ is_current: false, updated_at: now })
        .where('organization_id', '=', organizationId)
        .where('is_current', '=', true)
        .execute();
    },

    async put(tx: Tx, row: Insertable<MediaPlacesTable>): Promise<void> {
      const { settings, secrets, updated_at } = row;
      await tx
        .insertInto('media_places')
        .values(row)
        .onConflict((conflict) =>
          conflict.column('id').doUpdateSet({
            ...{ settings, secrets, updated_at, is_current: true },
            ...{ failures: 0, rests_until: null },
          }),
        )
        .execute();
    },

    /** Where a file lies now; undefined when it is gone. */
    async placeOf(mediaId: string): Promise<string | null | undefined> {
      const row = await db
        .selectFrom('media')
        .select('place_id')
        .where('id', '=', mediaId)
        .executeTakeFirst();
      return row?.place_id;
    },

    /** Forgets places, and their keys, where nothing lies any more. */
    async forgetEmpty(unusedSince: Date): Promise<void> {
      await sql`delete from media_places p where not is_current and updated_at < ${unusedSince}
        and not exists (select from media where place_id = p.id)
        and not exists (select from media_removals where place_id = p.id)
        and not exists (select from media_moves where place_id = p.id and finished_at is null)`.execute(db);
    },
  };
}
