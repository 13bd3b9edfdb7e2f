import { sql } from 'kysely';
import type { Clock } from '../../../platform/clock.ts';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import { tellOfPeople } from '../../contacts/index.ts';
import { leaveUnreached, lockForLeaving } from '../../conversations/index.ts';
import { countedForTheDay } from '../../profiles/index.ts';
import { messageFailed, messageSent } from '../messages.events.ts';
import type { MessageRow } from '../messages.present.ts';
import { aboutOutgoingJson } from '../outgoing.sql.ts';

/** A message on its way, with the chat it goes to. */
export type Outgoing = MessageRow & {
  chat: string;
  /** Since when the messages of the chat last as long as this one; null when that is not known. */
  expiration_since: Date | null;
  /** It goes to a group of which nothing is known yet. */
  to_new_group: boolean;
};

/** A message as it was taken to be sent, with when WhatsApp last confirmed the address of its chat. */
export type Claimed = Pick<
  Outgoing,
  | 'id'
  | 'wa_message_id'
  | 'conversation_id'
  | 'type'
  | 'content'
  | 'original_content'
  | 'status'
  | 'failure_code'
  | 'failure_reason'
  | 'expiration'
  | 'expires_at'
  | 'timestamp'
  | 'client_reference'
  | 'chat'
  | 'expiration_since'
  | 'to_new_group'
> & { address_checked_at: Date | null };

/** How the sends of a profile are paced. */
export interface Pace {
  delayMs: number;
  jitterMs: number;
  dailyLimit: number | null;
  sentToday: number;
  /** WhatsApp asked for a pause until then. */
  pausedUntil: Date | null;
  /** Pauses in a row that have not helped yet. */
  pauses: number;
  /** Somebody paused it. */
  isHeld: boolean;
}

/** Why a message will never arrive. */
export interface Failed {
  id: string;
  is: 'failed' | 'expired';
  code: string;
  reason: string;
}

/** Why a message that waited too long is not sent any more. */
export const tooLate = {
  code: 'EXPIRED',
  reason: 'It could not be sent in time, and late it would have been wrong.',
};

/** The code of a message to a number that nobody has on WhatsApp. */
export const notOnWhatsApp = 'NOT_ON_WHATSAPP';

const chunkMax = 500;

/** Whoever sends again what was sent under an older setting must not pass it off as the newer one. */
const sinceOf = sql`case when m.expiration = c.expiration then c.expiration_since end as expiration_since`;

/** What the message of a row in the queue is said to be. */
const statusOf = sql`case when is_claimed then 'sending' else 'queued' end as was`;

/** What the owner of a profile does with its queue. One statement each: a change and its events, or neither. */
export function createOutboxStore(db: Db, clock: Clock, events: EventRecorder) {
  const tell = tellOfPeople(events);
  /** A failure's event carries why. */
  const failures = (source: string) =>
    events.insertFrom({
      definition: messageFailed,
      from: sql`${sql.raw(source)} order by seq`,
      body: sql`${aboutOutgoingJson} || jsonb_build_object('code', failure_code, 'error', failure_reason)`,
    });

  async function fail(tx: Db | Tx, failed: Failed[]): Promise<Outgoing[]> {
    const marked = await sql<Outgoing>`
      with gone as (
        delete from outbox o
        using unnest(${failed.map((one) => one.id)}::uuid[], ${failed.map((one) => one.is)}::text[],
            ${failed.map((one) => one.code)}::text[], ${failed.map((one) => one.reason)}::text[])
          as f (id, status, code, reason)
        where o.message_id = f.id
        returning o.message_id, ${statusOf}, f.status, f.code, f.reason
      ), moved as (
        update messages m
        set status = gone.status, failure_code = gone.code, failure_reason = gone.reason, updated_at = ${clock.now()}
        from gone, conversations c
        where m.id = gone.message_id and c.id = m.conversation_id and m.status in ('queued', 'sending')
        returning m.*, c.chat, gone.was
      ), told as (${failures('moved')})
      select * from moved`.execute(tx);
    return marked.rows;
  }

  return {
    /**
     * Takes the first messages of a profile that are due, by lane and order. With `unfinished` also those that an ended
     * connection left half sent, but never one of `inFlight`. Takes nothing when the lease has moved on, or sending is paused.
     */
    async claim(
      profileId: string,
      generation: number,
      limit: number,
      { unfinished, inFlight }: { unfinished: boolean; inFlight: string[] },
    ): Promise<Claimed[]> {
      const now = clock.now();
      const claimed = await sql<Claimed & Pick<Outgoing, 'seq'> & { lane: number }>`
        with next as (
          select message_id, is_claimed from outbox
          where profile_id = ${profileId} and due_at is null and (not is_claimed or ${unfinished})
            and not (message_id = any(${inFlight}::uuid[]))
            and exists (select 1 from profile_leases l where l.profile_id = ${profileId}
              and l.generation = ${generation} and l.expires_at > now())
            and not exists (select 1 from profiles p where p.id = ${profileId} and p.sending_held)
          order by lane, seq limit ${limit}
          for update skip locked
        ), taken as (
          update outbox o set is_claimed = true, generation = ${generation}, attempts = attempts + 1
          from next where o.message_id = next.message_id
          returning o.message_id, o.lane, next.is_claimed as was_claimed
        )
        update messages m
        set status = 'sending', updated_at = ${now},
          expiration = case when taken.was_claimed then m.expiration else nullif(c.expiration, 0) end
        from taken, conversations c
        where m.id = taken.message_id and c.id = m.conversation_id
        returning m.*, taken.lane, c.chat, c.address_checked_at, ${sinceOf},
          c.type = 'group' and c.name is null as to_new_group`.execute(db);
      return claimed.rows.sort((a, b) => a.lane - b.lane || a.seq - b.seq);
    },

    /**
     * Moves messages that are still on their way to `sent`, counts them for their profiles' day, and answers those
     * that were.
     */
    async markSent(ids: string[]): Promise<Outgoing[]> {
      const now = clock.now();
      const told = events.insertFrom({
        definition: messageSent,
        from: sql`moved order by seq`,
        body: sql`${aboutOutgoingJson} || '{"source": "api"}'`,
      });
      const marked = await sql<Outgoing>`
        with gone as (
          delete from outbox where message_id = any(${ids}::uuid[]) returning message_id, ${statusOf}
        ), moved as (
          update messages m
          set status = 'sent', failure_code = null, failure_reason = null, updated_at = ${now}
          from gone, conversations c
          where m.id = gone.message_id and c.id = m.conversation_id and m.status in ('queued', 'sending')
          returning m.*, c.chat, gone.was
        ), counted as (${countedForTheDay(sql`moved`, now)}
        ), told as (${told})
        select * from moved`.execute(db);
      if (marked.rows.length > 0) events.committed();
      return marked.rows;
    },

    /** What became known of how long a message lasts, just before it is sent. */
    async lasts(id: string, seconds: number | null): Promise<void> {
      await db.updateTable('messages').set({ expiration: seconds }).where('id', '=', id).execute();
    },

    /** What is being sent lasts as long as messages do in its conversation, which has become another one. */
    async lastsAsChat(tx: Tx, profileId: string, conversationId: string): Promise<void> {
      await sql`update messages m set expiration = nullif(c.expiration, 0) from outbox o, conversations c
        where o.profile_id = ${profileId} and o.is_claimed and m.id = o.message_id and m.status = 'sending'
          and m.conversation_id = ${conversationId} and c.id = ${conversationId}`.execute(tx);
    },

    /** Messages that were claimed and could not be sent for now wait in the queue again, where they stood. */
    async putBack(ids: string[]): Promise<void> {
      await sql`with back as (
          update outbox set is_claimed = false where message_id = any(${ids}::uuid[]) and is_claimed
          returning message_id
        )
        update messages m set status = 'queued', updated_at = ${clock.now()}
        from back where m.id = back.message_id and m.status = 'sending'`.execute(db);
    },

    /** Those to numbers that nobody has take their conversation along, when there is nothing else in it. */
    async markFailed(failed: Failed[]): Promise<Outgoing[]> {
      const unreached = failed.filter(({ code }) => code === notOnWhatsApp).map(({ id }) => id);
      const rows =
        unreached.length === 0
          ? await fail(db, failed)
          : await inTransaction(db, async (tx) => {
              await lockForLeaving(tx, unreached);
              const marked = await fail(tx, failed);
              await leaveUnreached(tx, { tell }, unreached, notOnWhatsApp);
              return marked;
            });
      if (rows.length > 0) events.committed();
      return rows;
    },

    /** Ends messages that waited too long, whichever profile they belong to; at most {@link chunkMax} at a time. */
    async expire(tx: Db | Tx = db): Promise<{ rows: Outgoing[]; more: boolean }> {
      const { rows } = await sql<Outgoing>`
        with late as (
          select message_id from outbox where not is_claimed and expires_at < ${clock.now()}
          order by seq limit ${chunkMax} for update skip locked
        ), gone as (
          delete from outbox o using late where o.message_id = late.message_id returning o.message_id
        ), moved as (
          update messages m set status = 'expired', failure_code = ${tooLate.code}, updated_at = ${clock.now()},
            failure_reason = ${tooLate.reason}
          from gone, conversations c where m.id = gone.message_id and c.id = m.conversation_id
          returning m.*, c.chat, 'queued' as was
        ), told as (${failures('moved')})
        select * from moved`.execute(tx);
      if (rows.length > 0) events.committed();
      return { rows, more: rows.length === chunkMax };
    },

    /** Lets messages go whose time has come; answers their profiles, and when the next is due. */
    async release(): Promise<{ profileIds: string[]; next: Date | undefined }> {
      const now = clock.now();
      const { rows } = await sql<{ profile_ids: string[] | null; next: Date | null }>`
        with released as (
          update outbox set due_at = null where due_at <= ${now} and not held returning profile_id
        )
        select (select array_agg(distinct profile_id) from released) as profile_ids,
          (select min(due_at) from outbox where due_at > ${now} and not held) as next`.execute(db);
      return { profileIds: rows[0]?.profile_ids ?? [], next: rows[0]?.next ?? undefined };
    },

    /** How many messages of all organisations are queued or being sent. */
    async countWaiting(): Promise<number> {
      const row = await db
        .selectFrom('outbox')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      return row.count;
    },

    async paceOf(profileId: string): Promise<Pace | undefined> {
      const row = await db
        .selectFrom('profiles')
        .select(['message_delay_ms', 'message_delay_jitter_ms', 'daily_message_limit'])
        .select(['sending_paused_until', 'sending_pauses', 'sending_held'])
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
          pausedUntil: row.sending_paused_until,
          pauses: row.sending_pauses,
          isHeld: row.sending_held,
        }
      );
    },

    /** Which of these profiles have messages that are due, those being sent among them. */
    async withSomething(profileIds: string[]): Promise<string[]> {
      const { rows } = await sql<{ id: string }>`
        select id from unnest(${profileIds}::uuid[]) as p (id)
        where exists (select from outbox where profile_id = p.id and due_at is null)`.execute(db);
      return rows.map(({ id }) => id);
    },
  };
}

export type OutboxStore = ReturnType<typeof createOutboxStore>;
