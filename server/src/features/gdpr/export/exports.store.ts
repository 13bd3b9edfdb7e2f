import { type Selectable, sql } from 'kysely';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import { newId } from '../../../platform/ids.ts';
import type { Subject } from '../../../platform/keeps/section.ts';
import { createLeavingStore } from '../../organizations/index.ts';
import type { DataExportsTable } from '../gdpr.tables.ts';
import type { Progress } from './document.ts';

export type ExportRow = Selectable<DataExportsTable>;

/** The person that an export belongs to. */
type Whose = Pick<Subject, 'userId' | 'organizationId'>;

/** One attempt to make a file: of two that run at once only the later one may write. */
export interface Run {
  exportId: string;
  runId: string;
}

const underWay = ['queued', 'running'];
/**
 * The condition of the index that allows one, letter by letter: with parameters a plan that is kept for all values finds
 * no such index, and from the sixth export of a connection on each would fail.
 */
const isUnderWay = sql<boolean>`status in ('queued', 'running')`;

/** Personal exports and the pieces of their files. */
export function createExportStore(db: Db) {
  const isOf = ({ userId, organizationId }: Whose) =>
    sql<boolean>`user_id = ${userId} and organization_id = ${organizationId}`;

  const members = createLeavingStore(db);

  return {
    /** Covers the organisation only for its owner. Undefined when the person is no longer a member. */
    async subject({ userId, organizationId }: Whose): Promise<Subject | undefined> {
      const role = await members.roleOf({ userId, organizationId });
      if (role === undefined) return undefined;
      return { userId, organizationId, covers: role === 'owner' ? 'organization' : 'person' };
    },

    /** Undefined while another export of this person is under way. */
    insert(tx: Tx, whose: Whose, now: Date): Promise<ExportRow | undefined> {
      return tx
        .insertInto('data_exports')
        .values({
          id: newId(),
          organization_id: whose.organizationId,
          user_id: whose.userId,
          run_id: null,
          bytes: null,
          failure_reason: null,
          created_at: now,
          finished_at: null,
          expires_at: null,
        })
        .onConflict((conflict) => conflict.column('user_id').where(isUnderWay).doNothing())
        .returningAll()
        .executeTakeFirst();
    },

    /** Deletes a person's exports but the newest ones. */
    async keepNewest(tx: Tx, whose: Whose, count: number): Promise<void> {
      await sql`delete from data_exports where id in (select id from data_exports where ${isOf(whose)}
        order by created_at desc, id desc offset ${count})`.execute(tx);
    },

    list(whose: Whose): Promise<ExportRow[]> {
      return db
        .selectFrom('data_exports')
        .selectAll()
        .where(isOf(whose))
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .execute();
    },

    find(whose: Whose, id: string): Promise<ExportRow | undefined> {
      return db
        .selectFrom('data_exports')
        .selectAll()
        .where(isOf(whose))
        .where('id', '=', id)
        .executeTakeFirst();
    },

    /** Deletes the export with its file. */
    async remove(tx: Tx, whose: Whose, id: string): Promise<boolean> {
      const { numDeletedRows } = await tx
        .deleteFrom('data_exports')
        .where(isOf(whose))
        .where('id', '=', id)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },

    /** Begins an attempt and deletes the chunks of an earlier one; undefined when the export is finished or gone. */
    begin({ exportId, runId }: Run): Promise<ExportRow | undefined> {
      return inTransaction(db, async (tx) => {
        const row = await tx
          .updateTable('data_exports')
          .set((eb) => ({
            status: 'running',
            run_id: runId,
            attempts: eb('attempts', '+', 1),
            sections_done: 0,
            rows_done: 0,
          }))
          .where('id', '=', exportId)
          .where('status', 'in', underWay)
          .returningAll()
          .executeTakeFirst();
        if (row) await tx.deleteFrom('data_export_chunks').where('export_id', '=', exportId).execute();
        return row;
      });
    },

    /** Adds the next chunk of the file; false when another attempt has begun or the export is gone. */
    async append(
      { exportId, runId }: Run,
      position: number,
      bytes: Buffer,
      progress: Progress,
    ): Promise<boolean> {
      const { numAffectedRows } = await sql`
        with attempt as (
          update data_exports set sections_done = ${progress.sectionsDone},
            sections_total = ${progress.sectionsTotal}, rows_done = ${progress.rows}
          where id = ${exportId} and run_id = ${runId} and status = 'running' returning id
        )
        insert into data_export_chunks (export_id, position, bytes)
        select id, ${position}::integer, ${bytes}::bytea from attempt`.execute(db);
      return numAffectedRows === 1n;
    },

    async finish(
      { exportId, runId }: Run,
      file: { covers: string; bytes: number; now: Date; expiresAt: Date },
    ): Promise<void> {
      await db
        .updateTable('data_exports')
        .set({
          status: 'ready',
          covers: file.covers,
          bytes: file.bytes,
          finished_at: file.now,
          expires_at: file.expiresAt,
        })
        .where('id', '=', exportId)
        .where('run_id', '=', runId)
        .where('status', '=', 'running')
        .execute();
    },

    /** Marks the export as failed and deletes the chunks written so far. */
    async fail({ exportId, runId }: Run, reason: string, now: Date): Promise<void> {
      await inTransaction(db, async (tx) => {
        const { numUpdatedRows } = await tx
          .updateTable('data_exports')
          .set({ status: 'failed', failure_reason: reason, finished_at: now })
          .where('id', '=', exportId)
          .where('run_id', '=', runId)
          .where('status', '=', 'running')
          .executeTakeFirst();
        if (numUpdatedRows === 0n) return;
        await tx.deleteFrom('data_export_chunks').where('export_id', '=', exportId).execute();
      });
    },

    /** Ids of the exports a person has, for the jobs that make them. */
    async idsOf(tx: Tx, userId: string): Promise<string[]> {
      const rows = await tx.selectFrom('data_exports').select('id').where('user_id', '=', userId).execute();
      return rows.map((row) => row.id);
    },

    async chunk(exportId: string, position: number): Promise<Buffer | undefined> {
      const row = await db
        .selectFrom('data_export_chunks')
        .select('bytes')
        .where('export_id', '=', exportId)
        .where('position', '=', position)
        .executeTakeFirst();
      return row?.bytes;
    },

    /** Deletes expired files and old rows, and marks exports as failed that no job works on any more. */
    async purge(limits: { now: Date; stuckBefore: Date; before: Date; reason: string }): Promise<void> {
      await sql`delete from data_exports where created_at <= ${limits.before}`.execute(db);
      await db
        .updateTable('data_exports')
        .set({ status: 'failed', failure_reason: limits.reason, finished_at: limits.now })
        .where('status', 'in', underWay)
        .where('created_at', '<=', limits.stuckBefore)
        .execute();
      await sql`delete from data_export_chunks where export_id in
        (select id from data_exports where expires_at <= ${limits.now} or status = 'failed')`.execute(db);
    },
  };
}
export type ExportStore = ReturnType<typeof createExportStore>;
