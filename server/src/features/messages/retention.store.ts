import { sql } from 'kysely';
import type { Db, Tx } from '../../platform/db/transaction.ts';

/** A message that was deleted. */
export interface Forgotten {
  id: string;
  conversation_id: string;
  was_unread: boolean;
}

const isDecided = sql`status not in ('queued', 'sending')`;

/** Finds and deletes messages that are older than their organisation keeps them. */
export function createRetentionStore(db: Db) {
  return {
    /** Profiles of the organisations that keep messages for a limited time. */
    async profiles(): Promise<{ id: string; days: number }[]> {
      const { rows } = await sql<{ id: string; days: number }>`
        select p.id, (o.settings->>'messageRetentionDays')::float8 as days
        from organizations o join profiles p on p.organization_id = o.id
        where o.erasing_at is null and jsonb_typeof(o.settings->'messageRetentionDays') = 'number'
        order by p.id`.execute(db);
      return rows;
    },

    /** The oldest of a profile, along the index; what still waits to be sent is left. */
    async oldest(
      profileId: string,
      before: Date,
      limit: number,
    ): Promise<{ id: string; conversation_id: string }[]> {
      const { rows } = await sql<{ id: string; conversation_id: string }>`
        select id, conversation_id from messages
        where profile_id = ${profileId} and timestamp < ${before} and ${isDecided}
        order by timestamp, seq limit ${limit}`.execute(db);
      return rows;
    },

    /** With what was done to them. Their conversations must be locked. */
    async remove(tx: Tx, ids: readonly string[]): Promise<Forgotten[]> {
      await sql`select 1 from messages where id = any(${ids}::uuid[]) order by seq for update`.execute(tx);
      const { rows } = await sql<Forgotten>`
        with gone as (
          delete from messages where id = any(${ids}::uuid[]) and ${isDecided}
          returning id, conversation_id, wa_message_id,
            direction = 'incoming' and status = 'received' and revoked_at is null as was_unread
        ), done as (
          delete from message_changes
          where (conversation_id, target_id) in (select conversation_id, wa_message_id from gone)
        )
        select id, conversation_id, was_unread from gone`.execute(tx);
      return rows;
    },
  };
}

export type RetentionStore = ReturnType<typeof createRetentionStore>;
