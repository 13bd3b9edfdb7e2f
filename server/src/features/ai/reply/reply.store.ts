import { type Selectable, sql } from 'kysely';
import type { Tables } from '../../../platform/db/tables.ts';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import type { Tenancy } from '../../../platform/tenancy.ts';
import { isRowOf } from '../../../platform/tenancy.ts';
import { type ReplySettings, replyDefaults } from './settings.ts';

export type SuggestionRow = Selectable<Tables['ai_suggestions']>;

const batch = 1_000;

/** How profiles are answered for, how often that was done, and with what. */
export function createReplyStore(db: Db) {
  return {
    async settingsOf(profileId: string, tx: Db | Tx = db): Promise<ReplySettings> {
      const row = await tx
        .selectFrom('ai_profiles')
        .select('settings')
        .where('profile_id', '=', profileId)
        .executeTakeFirst();
      return { ...replyDefaults, ...(row?.settings as Partial<ReplySettings> | undefined) };
    },

    async setSettings(
      tx: Tx,
      of: { profileId: string; organizationId: string; now: Date },
      settings: ReplySettings,
    ): Promise<void> {
      const values = { settings: JSON.stringify(settings), updated_at: of.now };
      await tx
        .insertInto('ai_profiles')
        .values({ profile_id: of.profileId, organization_id: of.organizationId, ...values })
        .onConflict((conflict) => conflict.column('profile_id').doUpdateSet(values))
        .execute();
    },

    async timeZoneOf(organizationId: string): Promise<string> {
      const row = await db
        .selectFrom('organizations')
        .select(sql<string | null>`settings->>'timeZone'`.as('zone'))
        .where('id', '=', organizationId)
        .executeTakeFirst();
      return row?.zone ?? 'UTC';
    },

    /** Counts an answer in a chat, once for each key; answers which one of the day it is. */
    async takeTurn(of: {
      profileId: string;
      organizationId: string;
      chat: string;
      key: string;
      day: string;
    }): Promise<{ turns: number; angry: number }> {
      const { rows } = await sql<{ turns: number; angry: number }>`
        insert into ai_turns as t (profile_id, organization_id, chat, day, turns, angry, last_key)
        values (${of.profileId}, ${of.organizationId}, ${of.chat}, ${of.day}::date, 1, 0, ${of.key})
        on conflict (profile_id, chat, day) do update set
          turns = t.turns + (t.last_key <> excluded.last_key)::int, last_key = excluded.last_key
        returning turns, angry`.execute(db);
      return rows[0] ?? { turns: 1, angry: 0 };
    },

    /** Notes whether the person was angry; answers how often in a row. */
    async setAngry(of: { profileId: string; chat: string; day: string }, isAngry: boolean): Promise<number> {
      const row = await db
        .updateTable('ai_turns')
        .set({ angry: isAngry ? sql`angry + 1` : 0 })
        .where('profile_id', '=', of.profileId)
        .where('chat', '=', of.chat)
        .where('day', '=', of.day)
        .returning('angry')
        .executeTakeFirst();
      return row?.angry ?? 0;
    },

    /** Keeps what was come up with, once for each key. Answers nothing when it was there, or its conversation has gone. */
    async keep(
      tx: Tx,
      row: Omit<SuggestionRow, 'conversation_id'> & { conversation_id: string },
    ): Promise<boolean> {
      const { numAffectedRows } = await sql`
        insert into ai_suggestions (id, organization_id, profile_id, conversation_id, message_id, key, action, content,
          citations, warnings, support, sent, created_at)
        select ${row.id}, c.organization_id, c.profile_id, c.id, ${row.message_id}::uuid, ${row.key}, ${row.action},
          ${row.content}, ${JSON.stringify(row.citations)}::jsonb, ${row.warnings}::text[], ${row.support}, ${row.sent},
          ${row.created_at}
        from conversations c where c.id = ${row.conversation_id} and c.profile_id = ${row.profile_id}
        on conflict on constraint ai_suggestions_once do nothing`.execute(tx);
      return numAffectedRows === 1n;
    },

    /** Newest first. */
    async suggestions(tenancy: Tenancy, conversationId: string, limit: number): Promise<SuggestionRow[]> {
      return db
        .selectFrom('ai_suggestions')
        .selectAll()
        .where(isRowOf(tenancy, 'ai_suggestions'))
        .where('conversation_id', '=', conversationId)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
    },

    /** Deletes what is older; answers how many, at most a batch of each. */
    async purge(before: Date): Promise<number> {
      const old = await sql`delete from ai_suggestions where id in
        (select id from ai_suggestions where created_at < ${before} order by created_at limit ${batch})`.execute(
        db,
      );
      const turns = await sql`delete from ai_turns where (profile_id, chat, day) in
        (select profile_id, chat, day from ai_turns where day < ${before}::date order by day limit ${batch})`.execute(
        db,
      );
      return Number(old.numAffectedRows ?? 0) + Number(turns.numAffectedRows ?? 0);
    },
  };
}

export type ReplyStore = ReturnType<typeof createReplyStore>;
