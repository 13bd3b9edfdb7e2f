import { type Insertable, type RawBuilder, type Selectable, sql, type Updateable } from 'kysely';
import { type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import type { Slice } from '../../platform/slice.ts';
import { isRowOf, type Tenancy } from '../../platform/tenancy.ts';
import type { TemplatesTable } from './templates.tables.ts';

export type TemplateRow = Selectable<TemplatesTable>;

/** What is known of a contact that a message may say. */
export interface ContactFacts {
  name: string | null;
  phone: string | null;
  metadata: Record<string, unknown>;
}

/** The only SQL about templates. */
export function createTemplateStore(db: Db) {
  return {
    /** The most used first, then the newest. */
    list(
      tenancy: Tenancy,
      { profileId, category, search }: { profileId: string; category?: string; search?: string },
      page: Slice,
    ): Promise<TemplateRow[]> {
      return db
        .selectFrom('templates')
        .selectAll()
        .where(isRowOf(tenancy, 'templates'))
        .where('profile_id', '=', profileId)
        .$if(category !== undefined, (query) => query.where('category', '=', category as string))
        .$if(search !== undefined, (query) =>
          query.where(sql<boolean>`strpos(lower(name), lower(${search})) > 0`),
        )
        .where(behindInUse(page))
        .orderBy('usage_count', 'desc')
        .orderBy('updated_at', 'desc')
        .orderBy('id', 'desc')
        .limit(page.limit)
        .offset(page.offset)
        .execute();
    },

    find(tenancy: Tenancy, id: string, from: Db | Tx = db): Promise<TemplateRow | undefined> {
      return from
        .selectFrom('templates')
        .selectAll()
        .where(isRowOf(tenancy, 'templates'))
        .where('id', '=', id)
        .executeTakeFirst();
    },

    /** Nobody else changes it until the transaction ends. */
    lock(tx: Tx, tenancy: Tenancy, id: string): Promise<TemplateRow | undefined> {
      return tx
        .selectFrom('templates')
        .selectAll()
        .where(isRowOf(tenancy, 'templates'))
        .where('id', '=', id)
        .forUpdate()
        .executeTakeFirst();
    },

    /** Locks the profile first. @returns undefined when it is gone, `full` or `taken` when it can't have this one */
    async insert(
      tx: Tx,
      row: Insertable<TemplatesTable>,
      templatesMax: number,
    ): Promise<TemplateRow | 'full' | 'taken' | undefined> {
      const profile = await tx
        .selectFrom('profiles')
        .select('id')
        .where('id', '=', row.profile_id)
        .forKeyShare()
        .executeTakeFirst();
      if (!profile) return undefined;
      const { count } = await tx
        .selectFrom('templates')
        .select(sql<number>`count(*)::int`.as('count'))
        .where('profile_id', '=', row.profile_id)
        .executeTakeFirstOrThrow();
      if (count >= templatesMax) return 'full';
      const made = await tx
        .insertInto('templates')
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .returningAll()
        .executeTakeFirst();
      return made ?? 'taken';
    },

    /** Whether another template of the profile has this name, in any case. */
    async isTaken(tx: Tx, { profile_id, id }: TemplateRow, name: string): Promise<boolean> {
      const { rows } = await sql`select from templates
        where profile_id = ${profile_id} and lower(name) = lower(${name}) and id <> ${id}`.execute(tx);
      return rows.length > 0;
    },

    update(tx: Tx, id: string, change: Updateable<TemplatesTable>): Promise<TemplateRow> {
      return tx
        .updateTable('templates')
        .set(change)
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow();
    },

    async remove(tx: Tx, id: string): Promise<void> {
      await tx.deleteFrom('templates').where('id', '=', id).execute();
    },

    /** Messages were made with it. */
    async used(tx: Tx, id: string, times: number): Promise<void> {
      await tx
        .updateTable('templates')
        .set({ usage_count: sql<number>`least(usage_count::bigint + ${times}, 2147483647)::int` })
        .where('id', '=', id)
        .execute();
    },

    async contact(tenancy: Tenancy, profileId: string, id: string): Promise<ContactFacts | undefined> {
      const row = await db
        .selectFrom('contacts')
        .select(['name', 'whatsapp_name', 'phone', 'metadata'])
        .where(isRowOf(tenancy, 'contacts'))
        .where('profile_id', '=', profileId)
        .where('id', '=', id)
        .executeTakeFirst();
      return row && { name: row.name ?? row.whatsapp_name, phone: row.phone, metadata: row.metadata };
    },

    async organizationName({ organizationId }: Tenancy): Promise<string> {
      const row = await db
        .selectFrom('organizations')
        .select('name')
        .where('id', '=', organizationId)
        .executeTakeFirst();
      return row?.name ?? '';
    },

    /** Runs the work in a transaction. */
    inTransaction: <T>(work: (tx: Tx) => Promise<T>) => inTransaction(db, work),
  };
}

export type TemplateStore = ReturnType<typeof createTemplateStore>;

/**
 * Behind a row of the list. Its use is looked up, for it may have been used since; of one that was deleted meanwhile the
 * list begins anew: something shown twice is better than something missed.
 */
function behindInUse({ after }: Pick<Slice, 'after'>): RawBuilder<boolean> {
  if (!after) return sql`true`;
  return sql`(usage_count, updated_at, id) < (
    coalesce((select e.usage_count from templates e where e.id = ${after.id}), 2147483647),
    ${after.at}::timestamptz, ${after.id}::uuid)`;
}
