import type { Insertable, Selectable } from 'kysely';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import type { TypebotSessionsTable } from '../integrations.tables.ts';

export type SessionRow = Selectable<TypebotSessionsTable>;

/** Where conversations with bots stand. */
export function createSessionStore(db: Db) {
  return {
    find(conversationId: string): Promise<SessionRow | undefined> {
      return db
        .selectFrom('typebot_sessions')
        .selectAll()
        .where('conversation_id', '=', conversationId)
        .executeTakeFirst();
    },

    async put(tx: Db | Tx, row: Insertable<TypebotSessionsTable>): Promise<void> {
      await tx
        .insertInto('typebot_sessions')
        .values(row)
        .onConflict((conflict) => conflict.column('conversation_id').doUpdateSet(row))
        .execute();
    },

    async stop(conversationId: string, now: Date): Promise<void> {
      await db
        .updateTable('typebot_sessions')
        .set({ state: 'stopped', last_at: now, updated_at: now })
        .where('conversation_id', '=', conversationId)
        .where('state', '=', 'open')
        .execute();
    },

    /** They belong to another Typebot. */
    async forgetAll(tx: Tx, organizationId: string): Promise<void> {
      await tx.deleteFrom('typebot_sessions').where('organization_id', '=', organizationId).execute();
    },
  };
}

export type SessionStore = ReturnType<typeof createSessionStore>;
