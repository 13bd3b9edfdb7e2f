import { type Insertable, type Selectable, sql } from 'kysely';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import type { ChatwootConversationsTable, ChatwootMessagesTable } from '../integrations.tables.ts';

export type ConversationLink = Selectable<ChatwootConversationsTable>;
export type MessageLink = Selectable<ChatwootMessagesTable>;

/** Which conversation and which message at Chatwoot is which of ours. */
export function createChatwootLinks(db: Db) {
  return {
    ofConversation(conversationId: string, from: Db | Tx = db): Promise<ConversationLink | undefined> {
      return from
        .selectFrom('chatwoot_conversations')
        .selectAll()
        .where('conversation_id', '=', conversationId)
        .executeTakeFirst();
    },

    /** By the number that Chatwoot gives it; of several the one that was told last. */
    ofConversationThere(
      from: Db | Tx,
      organizationId: string,
      chatwootId: number,
    ): Promise<ConversationLink | undefined> {
      return from
        .selectFrom('chatwoot_conversations')
        .selectAll()
        .where('organization_id', '=', organizationId)
        .where('chatwoot_conversation_id', '=', chatwootId)
        .orderBy('updated_at', 'desc')
        .limit(1)
        .executeTakeFirst();
    },

    async keepConversation(tx: Db | Tx, row: Insertable<ChatwootConversationsTable>): Promise<void> {
      await tx
        .insertInto('chatwoot_conversations')
        .values(row)
        .onConflict((conflict) => conflict.column('conversation_id').doUpdateSet(row))
        .execute();
    },

    async forgetConversation(conversationId: string): Promise<void> {
      await db.deleteFrom('chatwoot_conversations').where('conversation_id', '=', conversationId).execute();
    },

    ofMessage(messageId: string): Promise<MessageLink | undefined> {
      return db
        .selectFrom('chatwoot_messages')
        .selectAll()
        .where('message_id', '=', messageId)
        .executeTakeFirst();
    },

    /** The messages of ours that one at Chatwoot is, in the order of its parts. */
    ofMessageThere(organizationId: string, chatwootId: number): Promise<MessageLink[]> {
      return db
        .selectFrom('chatwoot_messages')
        .selectAll()
        .where('organization_id', '=', organizationId)
        .where('chatwoot_message_id', '=', chatwootId)
        .orderBy('part')
        .execute();
    },

    /** WhatsApp's id of one is ours by the other's. */
    async byWaMessageId(profileId: string, waMessageId: string): Promise<MessageLink | undefined> {
      const { rows } = await sql<MessageLink>`
        select l.* from messages m join chatwoot_messages l on l.message_id = m.id
        where m.profile_id = ${profileId} and m.wa_message_id = ${waMessageId}`.execute(db);
      return rows[0];
    },

    async keepMessage(tx: Db | Tx, row: Insertable<ChatwootMessagesTable>): Promise<void> {
      await tx
        .insertInto('chatwoot_messages')
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },

    /** What is kept belongs to another place: an account, or a server, that is not spoken to any more. */
    async forgetAll(tx: Tx, organizationId: string): Promise<void> {
      await tx.deleteFrom('chatwoot_messages').where('organization_id', '=', organizationId).execute();
      await tx.deleteFrom('chatwoot_conversations').where('organization_id', '=', organizationId).execute();
    },
  };
}

export type ChatwootLinks = ReturnType<typeof createChatwootLinks>;
