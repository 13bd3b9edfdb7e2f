import { sql } from 'kysely';
import type { Db, Tx } from '../../platform/db/transaction.ts';

/** A message as far as its words go. */
export interface Worded {
  id: string;
  type: string;
  content: Record<string, unknown>;
  /** It said something else before: what stands in the index must go. */
  is_changed: boolean;
}

const columns = sql`id, type, case when revoked_at is null then content else '{}'::jsonb end as content,
  (edited_at is not null or revoked_at is not null) as is_changed`;

/** Writes what messages are found by. */
export function createWordsStore(db: Db) {
  return {
    async messages(tx: Tx, ids: readonly string[]): Promise<Worded[]> {
      const { rows } = await sql<Worded>`
        select ${columns} from messages where id = any(${[...ids]}::uuid[])`.execute(tx);
      return rows;
    },

    /** The next of all messages behind one, by their ids. */
    async messagesBehind(tx: Tx, id: string, limit: number): Promise<Worded[]> {
      const { rows } = await sql<Worded>`
        select ${columns} from messages where id > ${id} order by id limit ${limit}`.execute(tx);
      return rows;
    },

    /**
     * Keeps the words of messages, in place of those before, or with `isOld` where there are none: who follows the events
     * knows better. Locks the messages by `seq`: one that changes its conversation meanwhile does so in both tables.
     */
    async keep(tx: Tx, found: readonly { id: string; words: string }[], { isOld }: { isOld: boolean }) {
      if (found.length === 0) return;
      await sql`
        with given as materialized (
          select * from unnest(${found.map(({ id }) => id)}::uuid[], ${found.map(({ words }) => words)}::text[])
            as t (id, words)
        ), locked as materialized (
          select m.id, m.organization_id, m.profile_id, m.conversation_id, m.timestamp, g.words
          from messages m join given g on g.id = m.id order by m.seq for key share of m
        )
        insert into message_words (message_id, organization_id, profile_id, conversation_id, at, words)
        select id, organization_id, profile_id, conversation_id, date_trunc('milliseconds', timestamp),
          right(organization_id::text, 3) || ' ' || words
        from locked
        on conflict (message_id) do ${isOld ? sql`nothing` : sql`update set words = excluded.words`}`.execute(
        tx,
      );
    },

    /** Notes messages whose words are to be gathered later, in the transaction that stores them. */
    async note(tx: Tx, organizationId: string, ids: readonly string[]): Promise<void> {
      await tx
        .insertInto('words_backlog')
        .values({ organization_id: organizationId, message_ids: [...ids] })
        .execute();
    },

    /** The first of the backlog, locked; undefined when there is none that nobody works on. */
    async claimBacklog(tx: Tx) {
      return (
        tx
          .selectFrom('words_backlog')
          .select(['id', 'message_ids', 'behind'])
          // What was told just now goes before all that is older than search.
          .orderBy(sql`message_ids is null`)
          .orderBy('id')
          .limit(1)
          .forUpdate()
          .skipLocked()
          .executeTakeFirst()
      );
    },

    async advance(tx: Tx, backlogId: number, behind: string): Promise<void> {
      await tx.updateTable('words_backlog').set({ behind }).where('id', '=', backlogId).execute();
    },

    async finish(tx: Tx, backlogId: number): Promise<void> {
      await tx.deleteFrom('words_backlog').where('id', '=', backlogId).execute();
    },

    /** Whether there is something left to gather, of an organisation or at all. */
    async hasBacklog(organizationId?: string): Promise<boolean> {
      const ofIt = organizationId
        ? sql`where organization_id is null or organization_id = ${organizationId}`
        : sql``;
      const { rows } = await sql<{ found: boolean }>`
        select exists (select from words_backlog ${ofIt}) as found`.execute(db);
      return rows[0]?.found ?? false;
    },

    /** Whether words are found by trigrams here. A database of somebody else's may lack the extension. */
    async hasTrigrams(): Promise<boolean> {
      const { rows } = await sql<{ found: boolean }>`
        select exists (select from pg_index where indexrelid = to_regclass('message_words_by_trigram')
          and indisvalid) as found`.execute(db);
      return rows[0]?.found ?? false;
    },
  };
}

export type WordsStore = ReturnType<typeof createWordsStore>;
