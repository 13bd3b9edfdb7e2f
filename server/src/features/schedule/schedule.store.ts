import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import { type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { behind, type Slice } from '../../platform/slice.ts';
import { isRowOf, type Tenancy } from '../../platform/tenancy.ts';
import type { ScheduledMessagesTable } from './schedule.tables.ts';

export type ScheduledRow = Selectable<ScheduledMessagesTable>;

/** What became of a message, as its events tell it. */
export interface Outcome {
  messageId: string;
  status: 'sent' | 'failed' | 'cancelled';
  at: Date;
  code: string | null;
  error: string | null;
}

/** The only SQL about scheduled messages. */
export function createScheduleStore(db: Db) {
  return {
    list(
      tenancy: Tenancy,
      { profileId, status }: { profileId: string; status?: ScheduledRow['status'] | undefined },
      page: Slice,
    ): Promise<ScheduledRow[]> {
      return db
        .selectFrom('scheduled_messages')
        .selectAll()
        .where(isRowOf(tenancy, 'scheduled_messages'))
        .where('profile_id', '=', profileId)
        .$if(status !== undefined, (query) => query.where('status', '=', status as ScheduledRow['status']))
        .where(behind(page, { at: 'scheduled_at', id: 'id' }, 'up'))
        .orderBy('scheduled_at')
        .orderBy('id')
        .limit(page.limit)
        .offset(page.offset)
        .execute();
    },

    find(tenancy: Tenancy, id: string): Promise<ScheduledRow | undefined> {
      return db
        .selectFrom('scheduled_messages')
        .selectAll()
        .where(isRowOf(tenancy, 'scheduled_messages'))
        .where('id', '=', id)
        .executeTakeFirst();
    },

    /** Nobody else changes it, nor hands it over, until the transaction ends. */
    lock(tx: Tx, id: string): Promise<ScheduledRow | undefined> {
      return tx
        .selectFrom('scheduled_messages')
        .selectAll()
        .where('id', '=', id)
        .forUpdate()
        .executeTakeFirst();
    },

    /** The same of one that is due; undefined when somebody else has it. Its profile, locked first, stays too. */
    async claim(tx: Tx, { id, profile_id }: ScheduledRow, now: Date): Promise<ScheduledRow | undefined> {
      if (!(await holdProfile(tx, profile_id))) return undefined;
      return tx
        .selectFrom('scheduled_messages')
        .selectAll()
        .where('id', '=', id)
        .where('due_at', '<=', now)
        .forUpdate()
        .skipLocked()
        .executeTakeFirst();
    },

    /** @returns undefined when the profile is gone */
    async insert(tx: Tx, row: Insertable<ScheduledMessagesTable>): Promise<ScheduledRow | undefined> {
      if (!(await holdProfile(tx, row.profile_id))) return undefined;
      return tx.insertInto('scheduled_messages').values(row).returningAll().executeTakeFirstOrThrow();
    },

    update(tx: Tx, id: string, values: Updateable<ScheduledMessagesTable>): Promise<ScheduledRow> {
      return tx
        .updateTable('scheduled_messages')
        .set(values)
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow();
    },

    /** Ends one that waits, and only such a one. */
    end(
      tx: Tx,
      id: string,
      values: Pick<ScheduledRow, 'error_code' | 'error' | 'updated_at'>,
    ): Promise<ScheduledRow | undefined> {
      return tx
        .updateTable('scheduled_messages')
        .set({ ...values, status: 'failed', due_at: null })
        .where('id', '=', id)
        .where('due_at', 'is not', null)
        .returningAll()
        .executeTakeFirst();
    },

    /** Tries one later that could not be handed over for a fault of ours; answers how often that was. */
    async postpone(id: string, due: Date): Promise<number> {
      const row = await db
        .updateTable('scheduled_messages')
        .set({ due_at: due, attempts: sql<number>`attempts + 1` })
        .where('id', '=', id)
        .where('due_at', 'is not', null)
        .returning('attempts')
        .executeTakeFirst();
      return row?.attempts ?? 0;
    },

    /** Those that are due, of each chat the first: in a chat none overtakes another. */
    async due(now: Date, limit: number): Promise<ScheduledRow[]> {
      const { rows } = await sql<ScheduledRow>`select s.* from scheduled_messages s
        where s.due_at <= ${now} and not exists (
          select from scheduled_messages before
          where before.profile_id = s.profile_id and before.chat = s.chat and before.due_at is not null
            and (before.due_at, before.id) < (s.due_at, s.id)
        )
        order by s.due_at, s.id limit ${limit}`.execute(db);
      return rows;
    },

    async nextDueAt(): Promise<Date | undefined> {
      const row = await db
        .selectFrom('scheduled_messages')
        .select('due_at')
        .where('due_at', 'is not', null)
        .orderBy('due_at')
        .limit(1)
        .executeTakeFirst();
      return row?.due_at ?? undefined;
    },

    /** Notes what became of the messages; of each the first thing that is heard counts. */
    async decided(tx: Tx, outcomes: readonly Outcome[]): Promise<void> {
      await sql`update scheduled_messages s
        set status = o.status, error_code = o.code, error = o.error, updated_at = o.at,
          sent_at = case when o.status = 'sent' then o.at end
        from unnest(${outcomes.map((one) => one.messageId)}::uuid[], ${outcomes.map((one) => one.status)}::text[],
          ${outcomes.map((one) => one.at)}::timestamptz[], ${outcomes.map((one) => one.code)}::text[],
          ${outcomes.map((one) => one.error)}::text[]) as o (message_id, status, at, code, error)
        where s.message_id = o.message_id and s.status = 'pending'`.execute(tx);
    },

    /** Runs the work in a transaction. */
    inTransaction: <T>(work: (tx: Tx) => Promise<T>) => inTransaction(db, work),
  };
}

export type ScheduleStore = ReturnType<typeof createScheduleStore>;

async function holdProfile(tx: Tx, profileId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('profiles')
    .select('id')
    .where('id', '=', profileId)
    .forKeyShare()
    .executeTakeFirst();
  return row !== undefined;
}
