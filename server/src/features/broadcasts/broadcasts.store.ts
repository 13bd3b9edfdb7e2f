import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import { type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { behind, type Slice } from '../../platform/slice.ts';
import { isRowOf, type Tenancy } from '../../platform/tenancy.ts';
import type { BroadcastStatus, BroadcastsTable } from './broadcasts.tables.ts';

export type BroadcastRow = Selectable<BroadcastsTable>;
export type BroadcastChange = Updateable<BroadcastsTable>;
export type BroadcastColumns = Partial<Insertable<BroadcastsTable>>;

/** The rows of campaigns. A row is locked before its recipients and counters, and behind its profile and lease. */
export function createBroadcastStore(db: Db) {
  return {
    list(
      tenancy: Tenancy,
      which: {
        kind: BroadcastRow['kind'];
        profileId?: string | undefined;
        status?: BroadcastStatus | undefined;
        templateId?: string | undefined;
      },
      page: Slice,
    ): Promise<BroadcastRow[]> {
      return db
        .selectFrom('broadcasts')
        .selectAll()
        .where(isRowOf(tenancy, 'broadcasts'))
        .where('removed_at', 'is', null)
        .where('kind', '=', which.kind)
        .$if(which.profileId !== undefined, (query) =>
          query.where('profile_id', '=', which.profileId as string),
        )
        .$if(which.status !== undefined, (query) =>
          query.where('status', '=', which.status as BroadcastStatus),
        )
        .$if(which.templateId !== undefined, (query) =>
          query.where('template_id', '=', which.templateId as string),
        )
        .where(behind(page, { at: 'created_at', id: 'id' }, 'down'))
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(page.limit)
        .offset(page.offset)
        .execute();
    },

    find(tenancy: Tenancy, id: string, tx: Db | Tx = db): Promise<BroadcastRow | undefined> {
      return tx
        .selectFrom('broadcasts')
        .selectAll()
        .where(isRowOf(tenancy, 'broadcasts'))
        .where('id', '=', id)
        .where('removed_at', 'is', null)
        .executeTakeFirst();
    },

    /** The newest batch of that name; a profile has it once. */
    findBatch(
      tenancy: Tenancy,
      batchId: string,
      profileId: string | undefined,
    ): Promise<BroadcastRow | undefined> {
      return db
        .selectFrom('broadcasts')
        .selectAll()
        .where(isRowOf(tenancy, 'broadcasts'))
        .where('batch_id', '=', batchId)
        .where('removed_at', 'is', null)
        .$if(profileId !== undefined, (query) => query.where('profile_id', '=', profileId as string))
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .executeTakeFirst();
    },

    /** Undefined when the profile has a batch of that name. */
    insert(tx: Tx, row: Insertable<BroadcastsTable>): Promise<BroadcastRow | undefined> {
      return tx
        .insertInto('broadcasts')
        .values(row)
        .onConflict((on) => on.doNothing())
        .returningAll()
        .executeTakeFirst();
    },

    lock(tx: Tx, id: string): Promise<BroadcastRow | undefined> {
      return tx.selectFrom('broadcasts').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
    },

    /** The same of several, in the order in which all lock them. */
    lockAll(tx: Tx, ids: readonly string[]): Promise<BroadcastRow[]> {
      return tx
        .selectFrom('broadcasts')
        .selectAll()
        .where('id', 'in', [...ids])
        .orderBy('id')
        .forNoKeyUpdate()
        .execute();
    },

    byIds(tx: Tx, ids: readonly string[]): Promise<BroadcastRow[]> {
      return tx
        .selectFrom('broadcasts')
        .selectAll()
        .where('id', 'in', [...ids])
        .orderBy('id')
        .execute();
    },

    /** Changes it when it is in one of these states, and only then. */
    async change(
      tx: Tx,
      id: string,
      from: readonly BroadcastStatus[],
      change: BroadcastChange,
    ): Promise<BroadcastRow | undefined> {
      return tx
        .updateTable('broadcasts')
        .set(change)
        .where('id', '=', id)
        .where('status', 'in', [...from])
        .returningAll()
        .executeTakeFirst();
    },

    /** Deletes the row itself, when its recipients are gone. */
    async remove(tx: Tx, id: string): Promise<void> {
      await tx.deleteFrom('broadcasts').where('id', '=', id).execute();
    },

    /** Whose rows are to go: those that were deleted, and those that ended before that moment. */
    async toSweep(endedBefore: Date, limit: number): Promise<string[]> {
      const { rows } = await sql<{ id: string }>`
        (select id from broadcasts where removed_at is not null limit ${limit})
        union all
        (select id from broadcasts where completed_at < ${endedBefore} and folded_at is null
          order by completed_at limit ${limit})`.execute(db);
      return [...new Set(rows.map(({ id }) => id))];
    },

    /** The profiles with campaigns that run, with when the first of them is due. */
    async running(): Promise<{ profileId: string; dueAt: Date }[]> {
      const { rows } = await sql<{ profile_id: string; due_at: Date }>`
        select profile_id, min(next_due_at) as due_at from broadcasts
        where status = 'running' and prepared_at is not null and next_due_at is not null
        group by profile_id`.execute(db);
      return rows.map((row) => ({ profileId: row.profile_id, dueAt: row.due_at }));
    },

    /** The campaigns of a profile that run, for a fair choice. */
    runningOf(tx: Tx, profileId: string) {
      return tx
        .selectFrom('broadcasts')
        .select(['id', 'weight', 'virtual_time', 'next_due_at'])
        .where('profile_id', '=', profileId)
        .where('status', '=', 'running')
        .where('prepared_at', 'is not', null)
        .execute();
    },

    /** One that still runs, locked; undefined when somebody else has it at this moment. */
    take(tx: Tx, id: string): Promise<BroadcastRow | undefined> {
      return tx
        .selectFrom('broadcasts')
        .selectAll()
        .where('id', '=', id)
        .where('status', '=', 'running')
        .forUpdate()
        .skipLocked()
        .executeTakeFirst();
    },

    /** Whose time has come: scheduled ones, and pauses that end by themselves. */
    async due(now: Date): Promise<{ ids: string[]; next: Date | undefined }> {
      const { rows } = await sql<{ ids: string[] | null; next: Date | null }>`
        with waiting as (
          select id, scheduled_at as at from broadcasts where status = 'scheduled'
          union all select id, resumes_at from broadcasts where status = 'paused' and resumes_at is not null
        )
        select (select array_agg(id) from (select id from waiting where at <= ${now} order by at limit 100) d) as ids,
          (select min(at) from waiting where at > ${now}) as next`.execute(db);
      return { ids: rows[0]?.ids ?? [], next: rows[0]?.next ?? undefined };
    },

    update(tx: Tx, id: string, change: BroadcastChange): Promise<BroadcastRow> {
      return tx
        .updateTable('broadcasts')
        .set(change)
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow();
    },

    /** The profile stays until the transaction ends; undefined when it is gone. */
    holdProfile(tx: Tx, profileId: string) {
      return tx
        .selectFrom('profiles')
        .select(['id', 'phone_number', 'message_delay_ms', 'message_delay_jitter_ms', 'daily_message_limit'])
        .select(['daily_message_count', 'daily_reset_at', 'sending_paused_until', 'status'])
        .where('id', '=', profileId)
        .forKeyShare()
        .executeTakeFirst();
    },

    /** Runs the work in a transaction. */
    inTransaction: <T>(work: (tx: Tx) => Promise<T>) => inTransaction(db, work),
  };
}

export type BroadcastStore = ReturnType<typeof createBroadcastStore>;
