import { type Selectable, sql } from 'kysely';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import { newId } from '../../../platform/ids.ts';
import { behind, type Slice } from '../../../platform/slice.ts';
import type { ConversationRow } from '../conversations.tables.ts';
import type { ConversationNotesTable } from './inbox.tables.ts';

export type NoteRow = Selectable<ConversationNotesTable>;
export type ListedNote = NoteRow & { author_name: string | null };

/** Internal notes; the conversation is one that the caller may see. */
export function createNoteStore(db: Db) {
  return {
    /** Newest first. */
    async list(conversationId: string, slice: Slice): Promise<ListedNote[]> {
      const { rows } = await sql<ListedNote>`
        select n.*, u.name as author_name from conversation_notes n left join users u on u.id = n.author_id
        where n.conversation_id = ${conversationId} and ${behind(slice, { at: 'n.created_at', id: 'n.id' }, 'down')}
        order by n.created_at desc, n.id desc limit ${slice.limit} offset ${slice.offset}`.execute(db);
      return rows;
    },

    async insert(
      tx: Tx,
      of: ConversationRow,
      note: { authorId: string | null; text: string; now: Date },
    ): Promise<NoteRow> {
      return tx
        .insertInto('conversation_notes')
        .values({
          ...{ id: newId(), organization_id: of.organization_id, profile_id: of.profile_id },
          ...{ conversation_id: of.id, author_id: note.authorId, text: note.text },
          ...{ created_at: note.now, updated_at: note.now },
        })
        .returningAll()
        .executeTakeFirstOrThrow();
    },

    async update(
      tx: Tx,
      conversationId: string,
      id: string,
      values: { text: string; updated_at: Date },
    ): Promise<NoteRow | undefined> {
      return tx
        .updateTable('conversation_notes')
        .set(values)
        .where('conversation_id', '=', conversationId)
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst();
    },

    async remove(tx: Tx, conversationId: string, id: string): Promise<NoteRow | undefined> {
      return tx
        .deleteFrom('conversation_notes')
        .where('conversation_id', '=', conversationId)
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst();
    },
  };
}

export type NoteStore = ReturnType<typeof createNoteStore>;

export function presentNote(row: NoteRow & { author_name?: string | null }) {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    authorId: row.author_id,
    authorName: row.author_name ?? null,
    text: row.text,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
