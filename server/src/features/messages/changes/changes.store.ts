import { type Insertable, sql } from 'kysely';
import type { Clock } from '../../../platform/clock.ts';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import type { ConversationRow } from '../../conversations/index.ts';
import type { MessageRow } from '../messages.present.ts';
import type { MessageChangesTable } from '../messages.tables.ts';
import type { Altered, ChangeRow } from './effects.ts';

/** A message that changes are about: its conversation and its WhatsApp id. */
export interface Target {
  conversationId: string;
  targetId: string;
}

/** A message as it is to be, and whether it must no longer count as unread. */
export type AlteredMessage = Altered & { id: string; was_unread: boolean };

/** Changes and the messages they are about. However many they are, each of these is one statement. */
export function createChangeStore(clock: Clock) {
  const pairs = (targets: readonly Target[]) => sql`select * from unnest(
    ${targets.map((one) => one.conversationId)}::uuid[], ${targets.map((one) => one.targetId)}::text[])`;

  return {
    /** Conversations are locked by id, before anything of them is, as everywhere. */
    async lock(tx: Tx, conversationIds: readonly string[]): Promise<ConversationRow[]> {
      const { rows } = await sql<ConversationRow>`select * from conversations
        where id = any(${[...new Set(conversationIds)]}::uuid[]) order by id for no key update`.execute(tx);
      return rows;
    },

    async messages(tx: Tx, profileId: string, targets: readonly Target[]): Promise<MessageRow[]> {
      const { rows } = await sql<MessageRow>`select * from messages
        where profile_id = ${profileId} and (conversation_id, wa_message_id) in (${pairs(targets)})
        order by seq for no key update`.execute(tx);
      return rows;
    },

    /** Edits of these messages wait again: what they change was not known when they came. */
    async reopenEdits(tx: Tx, targets: readonly Target[]): Promise<void> {
      await sql`update message_changes set waiting = true where kind = 'edited'
        and (conversation_id, target_id) in (${pairs(targets)})`.execute(tx);
    },

    /** What people did to these messages, oldest first. */
    async changes(tx: Tx, targets: readonly Target[]): Promise<ChangeRow[]> {
      const { rows } = await sql<ChangeRow>`select * from message_changes
        where (conversation_id, target_id) in (${pairs(targets)}) order by at, created_at`.execute(tx);
      return rows;
    },

    /** Replaces what the same person did to the same message before; the newer one is known to the caller. */
    async keep(tx: Tx, rows: Insertable<MessageChangesTable>[]): Promise<void> {
      if (rows.length === 0) return;
      await tx
        .insertInto('message_changes')
        .values(rows.map((row) => ({ ...row, content: JSON.stringify(row.content) })))
        .onConflict((oc) =>
          oc.columns(['conversation_id', 'target_id', 'kind', 'author_key']).doUpdateSet((eb) => ({
            author: eb.ref('excluded.author'),
            author_name: eb.ref('excluded.author_name'),
            wa_message_id: eb.ref('excluded.wa_message_id'),
            content: eb.ref('excluded.content'),
            waiting: eb.ref('excluded.waiting'),
            at: eb.ref('excluded.at'),
            created_at: eb.ref('excluded.created_at'),
          })),
        )
        .execute();
    },

    /** What had been said in messages that were taken back. */
    async forget(tx: Tx, revoked: readonly Target[]): Promise<void> {
      if (revoked.length === 0) return;
      await sql`delete from message_changes where kind <> 'revoked'
        and (conversation_id, target_id) in (${pairs(revoked)})`.execute(tx);
    },

    /** Alters messages; answers what the conversations in which fewer are unread now count. */
    async alter(tx: Tx, messages: readonly AlteredMessage[]): Promise<ConversationRow[]> {
      if (messages.length === 0) return [];
      const now = clock.now();
      const { rows } = await sql<ConversationRow>`
        with input as materialized (
          select * from jsonb_to_recordset(${JSON.stringify(messages)}::jsonb) as i (id uuid, content jsonb,
            original_content jsonb, edited_at timestamptz, revoked_at timestamptz, revoked_by text,
            reactions jsonb, answers jsonb, marks jsonb, was_unread boolean)
        ), altered as (
          update messages m set content = i.content, original_content = i.original_content,
            edited_at = i.edited_at, revoked_at = i.revoked_at, revoked_by = i.revoked_by,
            reactions = i.reactions, answers = i.answers, marks = i.marks, updated_at = ${now}
          from input i where m.id = i.id
          returning m.conversation_id, i.was_unread
        ), less as (
          select conversation_id, count(*)::int as read from altered where was_unread group by conversation_id
        )
        update conversations c set unread_count = greatest(0, c.unread_count - less.read), updated_at = ${now}
        from less where c.id = less.conversation_id
        returning c.*`.execute(tx);
      return rows;
    },

    /** Messages that have come by now and that changes still wait for. */
    async due(db: Db | Tx, profileId: string, limit: number): Promise<Target[]> {
      const { rows } = await sql<Target>`
        select distinct w.conversation_id as "conversationId", w.target_id as "targetId"
        from message_changes w
        join messages m on m.profile_id = w.profile_id and m.wa_message_id = w.target_id
          and m.conversation_id = w.conversation_id
        where w.profile_id = ${profileId} and w.waiting limit ${limit}`.execute(db);
      return rows;
    },
  };
}

export type ChangeStore = ReturnType<typeof createChangeStore>;
