import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { Db } from '../../../platform/db/transaction.ts';
import { behind, type Slice } from '../../../platform/slice.ts';
import { isRowOf, type Tenancy } from '../../../platform/tenancy.ts';
import type { ContactSegmentsTable } from '../contacts.tables.ts';
import { inSegment } from './segment.sql.ts';
import type { SegmentFilter } from './segments.schema.ts';

export type SegmentRow = Selectable<ContactSegmentsTable>;

/** Saved filters over contacts. */
export function createSegmentStore(db: Db) {
  return {
    list: (tenancy: Tenancy, page: Slice): Promise<SegmentRow[]> =>
      db
        .selectFrom('contact_segments')
        .selectAll()
        .where(isRowOf(tenancy, 'contact_segments'))
        .where(behind(page, { at: 'created_at', id: 'id' }, 'up'))
        .orderBy('created_at')
        .orderBy('id')
        .limit(page.limit)
        .offset(page.offset)
        .execute(),

    find: (tenancy: Tenancy, id: string): Promise<SegmentRow | undefined> =>
      db
        .selectFrom('contact_segments')
        .selectAll()
        .where(isRowOf(tenancy, 'contact_segments'))
        .where('id', '=', id)
        .executeTakeFirst(),

    insert: (row: Insertable<ContactSegmentsTable>): Promise<SegmentRow> =>
      db.insertInto('contact_segments').values(row).returningAll().executeTakeFirstOrThrow(),

    update: (
      tenancy: Tenancy,
      id: string,
      values: Updateable<ContactSegmentsTable>,
    ): Promise<SegmentRow | undefined> =>
      db
        .updateTable('contact_segments')
        .set(values)
        .where(isRowOf(tenancy, 'contact_segments'))
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst(),

    async remove(tenancy: Tenancy, id: string): Promise<boolean> {
      const { numDeletedRows } = await db
        .deleteFrom('contact_segments')
        .where(isRowOf(tenancy, 'contact_segments'))
        .where('id', '=', id)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },

    /** How many contacts match now, within what the caller may see. */
    async count(tenancy: Tenancy, { profile_id, filter }: SegmentRow): Promise<number> {
      const { rows } = await sql<{ count: number }>`select count(*)::int as count from contacts k
        where ${isRowOf(tenancy, 'k')} and ${inSegment(filter as SegmentFilter, profile_id)}`.execute(db);
      return rows[0]?.count ?? 0;
    },
  };
}

export type SegmentStore = ReturnType<typeof createSegmentStore>;
