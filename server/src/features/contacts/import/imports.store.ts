import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import { behind, type Slice } from '../../../platform/slice.ts';
import { isRowOf, type Tenancy } from '../../../platform/tenancy.ts';
import type { ContactImportsTable } from '../contacts.tables.ts';
import type { BadRow } from './rows.ts';

export type ImportRow = Selectable<ContactImportsTable>;

/** Imports that go on by themselves. */
export function createImportStore(db: Db) {
  return {
    insert: (tx: Tx, row: Insertable<ContactImportsTable>): Promise<ImportRow> =>
      tx.insertInto('contact_imports').values(row).returningAll().executeTakeFirstOrThrow(),

    find: (tenancy: Tenancy, id: string): Promise<ImportRow | undefined> =>
      db
        .selectFrom('contact_imports')
        .selectAll()
        .where(isRowOf(tenancy, 'contact_imports'))
        .where('id', '=', id)
        .executeTakeFirst(),

    /** Newest first. */
    list: (tenancy: Tenancy, profileId: string | undefined, page: Slice): Promise<ImportRow[]> =>
      db
        .selectFrom('contact_imports')
        .selectAll()
        .where(isRowOf(tenancy, 'contact_imports'))
        .$if(profileId !== undefined, (query) => query.where('profile_id', '=', profileId ?? ''))
        .where(behind(page, { at: 'created_at', id: 'id' }, 'down'))
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(page.limit)
        .execute(),

    /** One that is still to be done. */
    running: (id: string): Promise<ImportRow | undefined> =>
      db
        .selectFrom('contact_imports')
        .selectAll()
        .where('id', '=', id)
        .where('status', '=', 'running')
        .executeTakeFirst(),

    /** Holds one that is still to be done, and its profile; undefined when it is done, or went on elsewhere. */
    async hold(tx: Tx, { id, profile_id }: ImportRow, rowsRead: number): Promise<ImportRow | undefined> {
      await sql`select from profiles where id = ${profile_id} for key share`.execute(tx);
      return tx
        .selectFrom('contact_imports')
        .selectAll()
        .where('id', '=', id)
        .where('status', '=', 'running')
        .where('rows_read', '=', rowsRead)
        .forUpdate()
        .executeTakeFirst();
    },

    update: (tx: Tx, id: string, values: Updateable<ContactImportsTable>): Promise<ImportRow> =>
      tx
        .updateTable('contact_imports')
        .set(values)
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow(),

    async keepProblems(tx: Tx, importId: string, rows: readonly BadRow[]): Promise<void> {
      if (rows.length === 0) return;
      await sql`insert into contact_import_problems (import_id, line, phone, reason)
        select ${importId}::uuid, * from unnest(${rows.map(({ line }) => line)}::int[],
          ${rows.map(({ phone }) => phone)}::text[], ${rows.map(({ reason }) => reason)}::text[])`.execute(
        tx,
      );
    },

    async problems(importId: string, afterLine: number, limit: number): Promise<BadRow[]> {
      return db
        .selectFrom('contact_import_problems')
        .select(['line', 'phone', 'reason'])
        .where('import_id', '=', importId)
        .where('line', '>', afterLine)
        .orderBy('line')
        .limit(limit)
        .execute();
    },

    /** With its report; answers the file of one that was still running. */
    remove: (tx: Tx, tenancy: Tenancy, id: string): Promise<ImportRow | undefined> =>
      tx
        .deleteFrom('contact_imports')
        .where(isRowOf(tenancy, 'contact_imports'))
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst(),

    async purge(before: Date): Promise<number> {
      const { numDeletedRows } = await db
        .deleteFrom('contact_imports')
        .where('created_at', '<=', before)
        .where('status', '<>', 'running')
        .executeTakeFirst();
      return Number(numDeletedRows);
    },
  };
}

export type ImportStore = ReturnType<typeof createImportStore>;
