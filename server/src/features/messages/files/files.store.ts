import { type Insertable, sql } from 'kysely';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import type { MessageFilesTable } from './files.tables.ts';

/** A file that is to be fetched. */
export interface DueFile {
  /** What it belongs to: mostly a message. */
  message_id: string;
  organization_id: string;
  filename: string | null;
  reference: Buffer;
  said_bytes: number | null;
  said_mimetype: string | null;
  attempts: number;
}

export interface FileDue extends DueFile {
  wa_message_id: string;
  conversation_id: string;
  chat: string;
  type: string;
}

/** A file that is kept here, as a message tells of it. */
export interface StoredFile {
  id: string;
  mimetype: string;
  bytes: number;
  sha256: string;
  filename?: string;
  width?: number;
  height?: number;
  seconds?: number;
  hasThumbnail?: boolean;
}

/** What a message shows of its file: whether it can be had, and which it is. */
export type ShownFile =
  | { state: 'waiting' }
  | ({ state: 'stored' } & StoredFile)
  | { state: 'unavailable'; code: string; reason: string };

export function createFileStore(db: Db) {
  return {
    /** In the transaction that stores their messages. */
    /** Those of these messages that wait until somebody asks are due from now on; answers whether there are any. */
    async fetchNow(tx: Tx, messageIds: readonly string[], now: Date): Promise<boolean> {
      const { numUpdatedRows } = await tx
        .updateTable('message_files')
        .set({ due_at: now })
        .where('message_id', 'in', messageIds)
        .where('state', '=', 'waiting')
        .where('due_at', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    async insert(tx: Tx, files: Insertable<MessageFilesTable>[]): Promise<void> {
      if (files.length > 0) await tx.insertInto('message_files').values(files).execute();
    },

    /** The oldest of a profile that are to be fetched, but none of `inFlight`. */
    async due(profileId: string, now: Date, limit: number, inFlight: readonly string[]): Promise<FileDue[]> {
      const { rows } = await sql<FileDue>`
        select f.message_id, f.organization_id, f.reference, f.said_bytes, f.said_mimetype, f.attempts,
          m.wa_message_id, m.conversation_id, m.type, m.content->>'filename' as filename, c.chat
        from message_files f
        join messages m on m.id = f.message_id
        join conversations c on c.id = m.conversation_id
        where f.profile_id = ${profileId} and f.state = 'waiting' and f.due_at <= ${now}
          and not (f.message_id = any(${[...inFlight]}::uuid[]))
        order by f.due_at limit ${limit}`.execute(db);
      return rows;
    },

    /** When the next of a profile is due. */
    async nextDue(profileId: string): Promise<Date | undefined> {
      const row = await db
        .selectFrom('message_files')
        .select(({ fn }) => fn.min('due_at').as('at'))
        .where('profile_id', '=', profileId)
        .where('state', '=', 'waiting')
        .executeTakeFirst();
      return row?.at ?? undefined;
    },

    async reference(messageId: string, reference: Buffer): Promise<void> {
      await db.updateTable('message_files').set({ reference }).where('message_id', '=', messageId).execute();
    },

    async later(messageId: string, dueAt: Date): Promise<void> {
      await db
        .updateTable('message_files')
        .set({ due_at: dueAt, attempts: sql`attempts + 1` })
        .where('message_id', '=', messageId)
        .where('state', '=', 'waiting')
        .execute();
    },

    /** Somebody wants a file that could not be had. False when there is nothing to fetch. */
    async again(organizationId: string, messageId: string, now: Date): Promise<boolean> {
      const { numUpdatedRows } = await db
        .updateTable('message_files')
        .set({ state: 'waiting', due_at: now, attempts: 0 })
        .where('message_id', '=', messageId)
        .where('organization_id', '=', organizationId)
        .where('state', '<>', 'stored')
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },

    /**
     * Writes what became of a file beside what its message says, also beside what it said before its first edit. False
     * when the message is gone or was taken back: nobody wants the file then.
     */
    async settle(tx: Tx, messageId: string, shown: ShownFile, now: Date): Promise<boolean> {
      const { rows } = await sql`update messages
        set content = content || jsonb_build_object('media', ${JSON.stringify(shown)}::jsonb),
          original_content = original_content || jsonb_build_object('media', ${JSON.stringify(shown)}::jsonb),
          updated_at = ${now}
        where id = ${messageId} and revoked_at is null returning 1`.execute(tx);
      await tx
        .updateTable('message_files')
        .set({ state: shown.state, due_at: null })
        .where('message_id', '=', messageId)
        .execute();
      return rows.length > 0;
    },
  };
}

export type FileStore = ReturnType<typeof createFileStore>;
