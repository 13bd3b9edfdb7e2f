import { sql } from 'kysely';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import { noPast, type Past, type Person } from '../match/facts.ts';

/** Who answers in a chat. */
export interface ChatState {
  handling: string;
  handling_until: Date | null;
  handled_by: string | null;
  silent_until: Date | null;
}

/** What is known around a message before anything starts. */
export interface Around {
  person: Person | null;
  isNew: boolean;
  isAssigned: boolean;
  /** Whether the number is that of a profile of this installation. */
  isOwn: boolean;
  chat: ChatState | null;
  live: number;
  hasFlow: boolean;
  past: Past;
}

export interface AroundQuery {
  profileId: string;
  /** The chat by all its addresses. */
  chats: readonly string[];
  conversationId: string | null;
  /** Of the person who wrote, in digits. */
  phone: string | null;
  lid: string | null;
  isGroup: boolean;
  message: { id: string; at: Date } | null;
  /** Whether it matters what was said before. */
  withPast?: boolean;
}

interface AroundRow {
  person: {
    name: string | null;
    whatsapp_name: string | null;
    phone: string | null;
    tags: string[];
    metadata: Person['metadata'];
  } | null;
  is_new: boolean;
  is_assigned: boolean | null;
  is_own: boolean;
  handling: string | null;
  handling_until: Date | null;
  handled_by: string | null;
  silent_until: Date | null;
  live: number;
  has_flow: boolean;
  in_at: Date | null;
  out_at: Date | null;
  out_origin: string | null;
}

/** What was said automatically in a chat, counted with what is about to be. */
export interface Spoken extends ChatState {
  tokens: number;
  day_count: number;
  same_count: number;
  quick_count: number;
}

const pastMax = 50;

/** The SQL about what automations know of chats. */
export function createChatStore(db: Db) {
  return {
    /** One look for everything that triggers, conditions and guards ask. */
    async around(from: Db | Tx, of: AroundQuery): Promise<Around> {
      const { message } = of;
      const isNew =
        message && !of.isGroup
          ? sql`not exists (select from messages m where m.conversation_id = ${of.conversationId}
              and m.direction = 'incoming' and (m.timestamp, m.id) < (${message.at}::timestamptz, ${message.id}::uuid))`
          : sql`false`;
      const chats = sql`${[...of.chats]}::text[]`;
      // Of the last messages only: a chat may have many.
      const past =
        message && of.withPast
          ? sql`left join lateral (
            select max(l.timestamp) filter (where l.direction = 'incoming' and l.id <> ${message.id}::uuid) as in_at,
              max(l.timestamp) filter (where l.direction = 'outgoing') as out_at,
              (array_agg(l.origin_kind order by l.timestamp desc) filter (where l.direction = 'outgoing'))[1] as out_origin
            from (select m.id, m.timestamp, m.direction, m.origin_kind from messages m
              where m.conversation_id = ${of.conversationId} and m.timestamp <= ${message.at}::timestamptz
              order by m.timestamp desc, m.seq desc limit ${pastMax}) l) p on true`
          : sql`cross join (select null::timestamptz as in_at, null::timestamptz as out_at, null as out_origin) p`;
      const { rows } = await sql<AroundRow>`
        select (select jsonb_build_object('name', k.name, 'whatsapp_name', k.whatsapp_name, 'phone', k.phone,
            'tags', to_jsonb(k.tags), 'metadata', k.metadata) from contacts k where k.profile_id = ${of.profileId}
            and (k.phone = ${of.phone} or k.lid = ${of.lid}) limit 1) as person,
          ${isNew} as is_new,
          (select c.assigned_user_id is not null from conversations c where c.id = ${of.conversationId}) as is_assigned,
          exists (select from profiles p where p.phone_number = ${of.phone}) as is_own,
          h.handling, h.handling_until, h.handled_by, h.silent_until, coalesce(r.live, 0)::int as live,
          coalesce(r.has_flow, false) as has_flow, p.in_at, p.out_at, p.out_origin
        from (select count(*) as live, bool_or(is_exclusive) as has_flow from automation_runs
            where profile_id = ${of.profileId} and chat = any(${chats}) and ended_at is null) r
          left join lateral (select * from automation_chats where profile_id = ${of.profileId} and chat = any(${chats})
            order by updated_at desc limit 1) h on true ${past}`.execute(from);
      const [row] = rows;
      const { person = null } = row ?? {};
      return {
        person: person && {
          ...{ name: person.name ?? person.whatsapp_name, phone: person.phone },
          ...{ tags: person.tags, metadata: person.metadata },
        },
        isNew: row?.is_new === true,
        isAssigned: row?.is_assigned === true,
        isOwn: row?.is_own === true,
        chat:
          row && row.handling !== null
            ? {
                ...{ handling: row.handling, handling_until: row.handling_until },
                ...{ handled_by: row.handled_by, silent_until: row.silent_until },
              }
            : null,
        ...{ live: row?.live ?? 0, hasFlow: row?.has_flow === true },
        past: row ? { inAt: row.in_at, outAt: row.out_at, outOrigin: row.out_origin } : noPast,
      };
    },

    /** Counts something that is about to be said, and answers how much that is. The row stays locked. */
    async speak(
      tx: Tx,
      of: { profileId: string; organizationId: string; chat: string },
      said: {
        hash: Buffer;
        day: string;
        now: Date;
        tokensMax: number;
        refillSeconds: number;
        /** When what it answers came; null where it answers nothing. */
        heardAt: string | null;
        /** Whether that came sooner after ours than a person can type. */
        isQuick: boolean;
      },
    ): Promise<Spoken> {
      const { now, day, hash, tokensMax, heardAt, isQuick } = said;
      const { rows } = await sql<Spoken>`
        insert into automation_chats as c (profile_id, chat, organization_id, tokens, tokens_at, day, day_count,
          last_text, same_count, updated_at)
        values (${of.profileId}, ${of.chat}, ${of.organizationId}, ${tokensMax - 1}, ${now}, ${day}, 1, ${hash}, 1, ${now})
        on conflict (profile_id, chat) do update set
          tokens = greatest(-1, least(${tokensMax}, c.tokens
            + extract(epoch from (${now}::timestamptz - c.tokens_at)) / ${said.refillSeconds}) - 1),
          tokens_at = ${now}, day = ${day},
          day_count = case when c.day = ${day} then c.day_count + 1 else 1 end,
          same_count = case when c.last_text = excluded.last_text
            and c.tokens_at > ${now}::timestamptz - interval '1 minute' then c.same_count + 1 else 1 end,
          quick_count = case when ${heardAt}::timestamptz <= c.tokens_at then c.quick_count
            when ${isQuick}::boolean then c.quick_count + 1 else 0 end,
          last_text = excluded.last_text, updated_at = ${now}
        returning c.tokens, c.day_count, c.same_count, c.quick_count, c.handling, c.handling_until, c.handled_by, c.silent_until`.execute(
        tx,
      );
      return rows[0] as Spoken;
    },

    async silence(tx: Tx, of: { profileId: string; chat: string }, until: Date): Promise<void> {
      await tx
        .updateTable('automation_chats')
        .set({ silent_until: until })
        .where('profile_id', '=', of.profileId)
        .where('chat', '=', of.chat)
        .execute();
    },

    /** Says who answers in a chat. Answers what was so before, null for nothing. */
    async hand(
      tx: Tx,
      of: { profileId: string; organizationId: string; chat: string },
      to: {
        handling: 'bot' | 'person';
        until: Date | null;
        by: string | null;
        now: Date;
        day: string;
        tokensMax: number;
      },
    ): Promise<ChatState | null> {
      const before = await tx
        .selectFrom('automation_chats')
        .select(['handling', 'handling_until', 'handled_by', 'silent_until'])
        .where('profile_id', '=', of.profileId)
        .where('chat', '=', of.chat)
        .forUpdate()
        .executeTakeFirst();
      const values = {
        ...{ handling: to.handling, handling_until: to.until, handled_by: to.by, updated_at: to.now },
        // A person is here: what two programs did to each other is over.
        ...{ silent_until: null, tokens: to.tokensMax, tokens_at: to.now, quick_count: 0 },
      };
      await tx
        .insertInto('automation_chats')
        .values({
          ...{ profile_id: of.profileId, chat: of.chat, organization_id: of.organizationId, day: to.day },
          ...{ last_text: null, ...values },
        })
        .onConflict((conflict) => conflict.columns(['profile_id', 'chat']).doUpdateSet(values))
        .execute();
      return before ?? null;
    },

    async stateOf(
      profileId: string,
      chats: readonly string[],
      from: Db | Tx = db,
    ): Promise<ChatState | undefined> {
      return from
        .selectFrom('automation_chats')
        .select(['handling', 'handling_until', 'handled_by', 'silent_until'])
        .where('profile_id', '=', profileId)
        .where('chat', 'in', [...chats])
        .orderBy('updated_at', 'desc')
        .limit(1)
        .executeTakeFirst();
    },
  };
}

export type ChatStore = ReturnType<typeof createChatStore>;

/** Whether a person answers in the chat at this moment. */
export function isWithPerson(chat: ChatState | null | undefined, now: Date): boolean {
  return chat?.handling === 'person' && (chat.handling_until === null || chat.handling_until > now);
}

/** Whether nothing automatic is said there at this moment. */
export const isSilent = (chat: ChatState | null | undefined, now: Date): boolean =>
  chat?.silent_until !== null && chat?.silent_until !== undefined && chat.silent_until > now;
