import { type RawBuilder, sql } from 'kysely';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import type { RecordedEvent } from '../../../platform/events/define.ts';
import { type Counted, type Levels, levels } from './count-of.ts';

/** A message from before statistics, as it stands. */
export interface OlderMessage {
  id: string;
  profile_id: string;
  direction: string;
  type: string;
  status: string;
  timestamp: Date;
  /** What was told of it and is not read yet. */
  unread: Pick<RecordedEvent, 'name' | 'body'>[] | null;
}

const changing = levels.filter((level) => level !== 'n');
const list = (part: (column: string) => RawBuilder<unknown>) => sql.join(changing.map(part));

/** Where older messages are counted, and what must not be counted twice meanwhile. */
export function createBacklogStore(db: Db) {
  return {
    async hasBacklog(from: Db | Tx = db): Promise<boolean> {
      const { rows } = await sql<{ found: boolean }>`
        select exists (select from statistics_backlog) as found`.execute(from);
      return rows[0]?.found ?? false;
    },

    /** Where to go on; locked, and undefined when all is counted or another process counts. */
    async claim(tx: Tx): Promise<{ seq_max: number; behind: string } | undefined> {
      return tx
        .selectFrom('statistics_backlog')
        .select(['seq_max', 'behind'])
        .forUpdate()
        .skipLocked()
        .executeTakeFirst();
    },

    /**
     * The next messages by their ids, with the events about them behind a position: in one statement, so that both are of
     * one moment. Newer ones are among them; see `seq_max`.
     */
    async next(
      tx: Tx,
      { behind, position, limit }: { behind: string; position: number; limit: number },
    ): Promise<(OlderMessage & { seq: number })[]> {
      const { rows } = await sql<OlderMessage & { seq: number }>`
        with unread as materialized (
          select name, body from events where position > ${position}
          union all select name, body from events where position is null
        ), page as materialized (
          select id, seq, profile_id, direction, type, status, "timestamp" from messages
          where id > ${behind} order by id limit ${limit}
        )
        select s.*, u.events as unread from page s left join (
          select body ->> 'messageId' as id, jsonb_agg(jsonb_build_object('name', name, 'body', body)) as events
          from unread where body ->> 'messageId' is not null group by 1
        ) u on u.id = s.id::text
        order by s.id`.execute(tx);
      return rows;
    },

    /** Takes what was told of messages and counted already. */
    async takeChanges(tx: Tx, ids: readonly string[]): Promise<Map<string, Levels>> {
      const { rows } = await sql<Levels & { message_id: string }>`
        delete from statistics_changes where message_id = any(${[...ids]}::uuid[]) returning *`.execute(tx);
      return new Map(rows.map(({ message_id, ...change }) => [message_id, change]));
    },

    /** Notes what was counted of messages: they may be older ones, whose turn is still to come. */
    async noteChanges(tx: Tx, counted: readonly Counted[]): Promise<void> {
      // What is new here is none of those.
      const rows = counted
        .filter(({ change }) => !change.n)
        .map(({ messageId, change }) => ({ message_id: messageId, ...change }));
      if (rows.length === 0) return;
      await sql`
        insert into statistics_changes as c (message_id, ${list((column) => sql.ref(column))})
        select message_id, ${list((column) => sql`coalesce(sum(${sql.ref(column)}), 0)`)}
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g (message_id uuid,
          ${list((column) => sql`${sql.ref(column)} int`)})
        group by message_id order by message_id
        on conflict (message_id) do update
        set ${list((column) => sql`${sql.ref(column)} = c.${sql.ref(column)} + excluded.${sql.ref(column)}`)}`.execute(
        tx,
      );
    },

    async advance(tx: Tx, behind: string): Promise<void> {
      await tx.updateTable('statistics_backlog').set({ behind }).execute();
    },

    async finish(tx: Tx): Promise<void> {
      await sql`delete from statistics_backlog`.execute(tx);
      await sql`delete from statistics_changes`.execute(tx);
    },
  };
}

export type BacklogStore = ReturnType<typeof createBacklogStore>;
