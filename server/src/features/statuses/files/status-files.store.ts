import { type Insertable, sql } from 'kysely';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import type { DueFile, ShownFile } from '../../messages/index.ts';
import type { StatusRow } from '../statuses.store.ts';
import type { StatusFilesTable } from './status-files.tables.ts';

/** A file that is to be fetched; `message_id` is our id of the status update. */
export type StatusFileDue = DueFile & Pick<StatusRow, 'wa_message_id' | 'author' | 'type'>;

/** The files of status updates that arrive. */
export function createStatusFileStore(db: Db) {
  return {
    /** In the transaction that stores their status updates. */
    async insert(tx: Tx, files: Insertable<StatusFilesTable>[]): Promise<void> {
      if (files.length > 0) await tx.insertInto('status_files').values(files).execute();
    },

    /** The oldest of a profile that are to be fetched, but none of `inFlight`. */
    async due(
      profileId: string,
      now: Date,
      limit: number,
      inFlight: readonly string[],
    ): Promise<StatusFileDue[]> {
      const { rows } = await sql<StatusFileDue>`
        select f.status_id as message_id, f.organization_id, f.reference, f.said_bytes, f.said_mimetype, f.attempts,
          s.wa_message_id, s.author, s.type, s.content->>'filename' as filename
        from status_files f join statuses s on s.id = f.status_id
        where f.profile_id = ${profileId} and f.state = 'waiting' and f.due_at <= ${now}
          and not (f.status_id = any(${[...inFlight]}::uuid[]))
        order by f.due_at limit ${limit}`.execute(db);
      return rows;
    },

    async nextDue(profileId: string): Promise<Date | undefined> {
      const row = await db
        .selectFrom('status_files')
        .select(({ fn }) => fn.min('due_at').as('at'))
        .where('profile_id', '=', profileId)
        .where('state', '=', 'waiting')
        .executeTakeFirst();
      return row?.at ?? undefined;
    },

    async reference(statusId: string, reference: Buffer): Promise<void> {
      await db.updateTable('status_files').set({ reference }).where('status_id', '=', statusId).execute();
    },

    async later(statusId: string, dueAt: Date): Promise<void> {
      await db
        .updateTable('status_files')
        .set({ due_at: dueAt, attempts: sql`attempts + 1` })
        .where('status_id', '=', statusId)
        .where('state', '=', 'waiting')
        .execute();
    },

    /** Writes what became of a file; false when the status update was taken back meanwhile. */
    async settle(tx: Tx, statusId: string, shown: ShownFile): Promise<boolean> {
      const { rows } = await sql`update statuses
        set content = content || jsonb_build_object('media', ${JSON.stringify(shown)}::jsonb)
        where id = ${statusId} and revoked_at is null returning 1`.execute(tx);
      await tx
        .updateTable('status_files')
        .set({ state: shown.state, due_at: null })
        .where('status_id', '=', statusId)
        .execute();
      return rows.length > 0;
    },

    /** Takes the files off the oldest status updates from before; answers which had one. */
    async forget(tx: Tx, before: Date, limit: number): Promise<string[]> {
      const gone: ShownFile = {
        state: 'unavailable',
        code: 'MEDIA_EXPIRED',
        reason: 'Files of status updates are kept for STATUS_MEDIA_DAYS days.',
      };
      const { rows } = await sql<{ id: string }>`
        with old as (
          select id from statuses where timestamp < ${before} and content->'media'->>'state' = 'stored'
          order by timestamp limit ${limit} for update
        )
        update statuses s set content = content || jsonb_build_object('media', ${JSON.stringify(gone)}::jsonb)
        from old where s.id = old.id returning s.id`.execute(tx);
      return rows.map(({ id }) => id);
    },
  };
}

export type StatusFileStore = ReturnType<typeof createStatusFileStore>;
