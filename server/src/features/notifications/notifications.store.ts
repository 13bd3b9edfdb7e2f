import { sql } from 'kysely';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import type { RecordedEvent } from '../../platform/events/define.ts';
import { behind, type Slice } from '../../platform/slice.ts';
import type { NotificationRow } from './notifications.tables.ts';

/** A topic that was read, and the event that says so. */
export interface SettledTopic {
  topic: string;
  event: Pick<RecordedEvent, 'organizationId' | 'position'>;
}

export type NotificationStore = ReturnType<typeof createNotificationStore>;

const purgeBatch = 2_000;

/** The notifications of one person; nobody else's are ever touched. */
export function createNotificationStore(db: Db) {
  return {
    /** The newest first, and how many there are in all. */
    async list(
      userId: string,
      { unread }: { unread: boolean },
      slice: Slice,
    ): Promise<{ rows: NotificationRow[]; total: number }> {
      const which = sql`user_id = ${userId} and shown ${unread ? sql`and read_at is null` : sql``}`;
      const { rows } = await sql<NotificationRow>`
        select * from notifications
        where ${which} and ${behind(slice, { at: 'updated_at', id: 'id' }, 'down')}
        order by updated_at desc, id desc limit ${slice.limit} offset ${slice.offset}`.execute(db);
      const counted = await sql<{ count: number }>`
        select count(*)::int as count from notifications where ${which}`.execute(db);
      return { rows, total: counted.rows[0]?.count ?? 0 };
    },

    async countUnread(userId: string): Promise<number> {
      const { rows } = await sql<{ count: number }>`select count(*)::int as count from notifications
        where user_id = ${userId} and shown and read_at is null`.execute(db);
      return rows[0]?.count ?? 0;
    },

    /** False when there is no such notification of this person; one that was read stays read as it was. */
    async markRead(userId: string, id: string, now: Date): Promise<boolean> {
      const { numUpdatedRows } = await db
        .updateTable('notifications')
        .set({ read_at: sql`coalesce(read_at, ${now})` })
        .where('user_id', '=', userId)
        .where('id', '=', id)
        .where('shown', '=', true)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },

    /** Rows are locked in the order in which the reader of events locks them. */
    async markAllRead(tx: Tx, userId: string, now: Date): Promise<number> {
      const { numAffectedRows = 0n } = await sql`
        with unread as materialized (
          select id from notifications where user_id = ${userId} and read_at is null order by topic for update
        )
        update notifications n set read_at = ${now} from unread where n.id = unread.id`.execute(tx);
      return Number(numAffectedRows);
    },

    /** Of everybody: what is unread of these topics and older. Answers whose there was. */
    async settle(topics: readonly SettledTopic[], now: Date): Promise<string[]> {
      const column = <T>(read: (one: SettledTopic) => T) => topics.map(read);
      const { rows } = await sql<{ user_id: string }>`
        with older as materialized (
          select n.id from unnest(${column(({ topic }) => topic)}::text[],
              ${column(({ event }) => event.organizationId)}::uuid[],
              ${column(({ event }) => event.position)}::bigint[]) as t (topic, organization_id, position)
            join users u on u.organization_id = t.organization_id
            join notifications n on n.user_id = u.id and n.topic = t.topic and n.read_at is null
              and n.position < t.position
          order by n.user_id, n.topic for update of n
        )
        update notifications n set read_at = ${now} from older where n.id = older.id returning n.user_id`.execute(
        db,
      );
      return [...new Set(rows.map(({ user_id }) => user_id))];
    },

    async remove(userId: string, id: string): Promise<boolean> {
      const { numDeletedRows } = await db
        .deleteFrom('notifications')
        .where('user_id', '=', userId)
        .where('id', '=', id)
        .where('shown', '=', true)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },

    async removeAll(tx: Tx, userId: string): Promise<number> {
      const { numAffectedRows = 0n } = await sql`
        with all_of_them as materialized (
          select id from notifications where user_id = ${userId} order by topic for update
        )
        delete from notifications n using all_of_them where n.id = all_of_them.id`.execute(tx);
      return Number(numAffectedRows);
    },

    /** Of each of these people all but the newest `kept` go. */
    async trim(userIds: readonly string[], kept: number): Promise<void> {
      await sql`
        delete from notifications n using unnest(${[...userIds]}::uuid[]) as u (id), lateral (
          select one.id from notifications one where one.user_id = u.id
          order by one.updated_at desc, one.id desc offset ${kept}
        ) old where n.id = old.id`.execute(db);
    },

    /** Deletes what is older, in short statements. */
    async purge(before: Date): Promise<void> {
      for (;;) {
        const { numAffectedRows = 0n } = await sql`
          delete from notifications where id in (
            select id from notifications where updated_at < ${before} order by updated_at limit ${purgeBatch}
            for update skip locked)`.execute(db);
        if (numAffectedRows < purgeBatch) return;
      }
    },
  };
}
