import { sql } from 'kysely';
import type { Clock } from '../../../platform/clock.ts';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import type { MessageRow } from '../messages.present.ts';

/** A message on its way, with the chat it goes to. */
export type Outgoing = MessageRow & { chat: string };

/** How the sends of a profile are paced. */
export interface Pace {
  delayMs: number;
  jitterMs: number;
  dailyLimit: number | null;
  sentToday: number;
}

/** What the owner of a profile does with its queue. Every change carries the lease's generation. */
export function createOutboxStore(db: Db, clock: Clock) {
  return {
    /**
     * Takes the oldest messages of a profile, in order. With `unfinished` also those that an ended connection
     * left half sent, but never one of `inFlight`. Takes nothing when the lease has moved on.
     */
    async claim(
      profileId: string,
      generation: number,
      limit: number,
      { unfinished, inFlight }: { unfinished: boolean; inFlight: string[] },
    ): Promise<Outgoing[]> {
      const statuses = unfinished ? ['queued', 'sending'] : ['queued'];
      const claimed = await sql<Outgoing>`
        with next as (
          select id from messages
          where profile_id = ${profileId} and status in ('queued', 'sending') and status = any(${statuses})
            and not (id = any(${inFlight}::uuid[]))
          order by seq limit ${limit}
          for update skip locked
        )
        update messages m
        set status = 'sending', generation = ${generation}, attempts = attempts + 1, updated_at = ${clock.now()}
        from next, conversations c
        where m.id = next.id and c.id = m.conversation_id
          and exists (select 1 from profile_leases l where l.profile_id = ${profileId}
            and l.generation = ${generation} and l.expires_at > now())
        returning m.*, c.chat`.execute(db);
      return claimed.rows.sort((a, b) => a.seq - b.seq);
    },

    /** Moves messages that are still on their way to `sent`; answers those that were. */
    async markSent(tx: Tx, ids: string[]): Promise<Outgoing[]> {
      return mark(tx, ids, sql`status = 'sent', failure_code = null, failure_reason = null`);
    },

    async markFailed(tx: Tx, id: string, status: 'failed' | 'expired', code: string, reason: string) {
      return mark(tx, [id], sql`status = ${status}, failure_code = ${code}, failure_reason = ${reason}`);
    },

    /** The messages that waited too long, whichever profile they belong to. */
    async expire(tx: Tx, limit: number): Promise<Outgoing[]> {
      const rows = await sql<Outgoing>`
        with late as (
          select id from messages where status = 'queued' and expires_at < ${clock.now()}
          order by seq limit ${limit} for update skip locked
        )
        update messages m set status = 'expired', failure_code = 'EXPIRED', updated_at = ${clock.now()},
          failure_reason = 'It could not be sent in time, and late it would have been wrong.'
        from late, conversations c where m.id = late.id and c.id = m.conversation_id
        returning m.*, c.chat`.execute(tx);
      return rows.rows;
    },

    async paceOf(profileId: string): Promise<Pace | undefined> {
      const row = await db
        .selectFrom('profiles')
        .select(['message_delay_ms', 'message_delay_jitter_ms', 'daily_message_limit'])
        .select(
          sql<number>`case when daily_reset_at > ${clock.now()} then daily_message_count else 0 end`.as(
            'today',
          ),
        )
        .where('id', '=', profileId)
        .executeTakeFirst();
      return (
        row && {
          delayMs: row.message_delay_ms,
          jitterMs: row.message_delay_jitter_ms,
          dailyLimit: row.daily_message_limit,
          sentToday: row.today,
        }
      );
    },

    /** Counts what was sent today; the day ends at the next midnight (UTC). */
    async count(tx: Tx, perProfile: Map<string, number>): Promise<void> {
      const now = clock.now();
      const midnight = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1));
      // Always in the order of ids, so that two nodes never wait for each other.
      const entries = [...perProfile].sort(([a], [b]) => (a < b ? -1 : 1));
      await sql`
        update profiles p set
          daily_message_count = case when p.daily_reset_at > ${now} then p.daily_message_count else 0 end + s.sent,
          daily_reset_at = ${midnight}
        from unnest(${entries.map(([id]) => id)}::uuid[], ${entries.map(([, sent]) => sent)}::int[]) as s (id, sent)
        where p.id = s.id`.execute(tx);
    },
  };

  async function mark(tx: Tx, ids: string[], set: ReturnType<typeof sql>): Promise<Outgoing[]> {
    const marked = await sql<Outgoing>`
      update messages m set ${set}, updated_at = ${clock.now()}
      from conversations c
      where m.id = any(${ids}::uuid[]) and c.id = m.conversation_id and m.status in ('queued', 'sending')
      returning m.*, c.chat`.execute(tx);
    return marked.rows;
  }
}

export type OutboxStore = ReturnType<typeof createOutboxStore>;
