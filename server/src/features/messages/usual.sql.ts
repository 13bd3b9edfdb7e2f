import { sql } from 'kysely';
import type { SettlePart } from '../../engines/port.ts';
import type { ChatId } from '../../platform/chat-id.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { conversationJson } from '../conversations/index.ts';
import type { Live } from '../profiles/index.ts';
import type { arrivedRow } from './arrived-row.ts';
import { isOfThePast } from './come-again.store.ts';
import { undecryptedType } from './kinds/undecrypted.ts';

/** A message to store, what must hold of its chat for that to be all there is to do, and what is told of it. */
export interface UsualMessage {
  row: Omit<ReturnType<typeof arrivedRow>, 'conversation_id'>;
  chat: ChatId;
  /** Of a direct chat: its person's addresses, in bare digits, and the name they give themselves. */
  person: { phone?: string | undefined; lid?: string | undefined; name?: string | undefined };
  expiration: { seconds: number; since: Date } | undefined;
  /** The name of its event. */
  event: string;
  /** What that tells of the message, but for its conversation and content. */
  about: Record<string, unknown>;
}

/** Nothing about the person of a direct chat is new. */
const isKnownPerson = sql`(c.type <> 'user' or (
  not c.unreached
  and (i.phone is null or i.phone = c.person_phone) and (i.lid is null or i.lid = c.person_lid)
  and (i.name is null or i.name = c.person_calls) and (c.person_name is null or c.person_name = c.name)))`;

/** The timer of the message is that of its chat, or older. */
const isKnownTimer = sql`(i.seconds is null or case c.type
  when 'group' then c.expiration is not null
  when 'user' then coalesce(c.expiration = i.seconds, false) or coalesce(c.expiration_since > i.since, false)
  else true end)`;

/** Something done to the message came before it. */
const isAwaited = sql`exists (select from message_changes w
  where w.conversation_id = c.id and w.target_id = i.wa_message_id)`;

/** The message is here, and is news all the same: see `comeAgain`. */
const isNewsAgain = sql`exists (select from messages u
  where u.wa_message_id = i.wa_message_id and u.profile_id = c.profile_id and u.conversation_id = c.id
    and (u.type = ${undecryptedType} or ${isOfThePast('u')}))`;

const ifUsual = sql<boolean>`(select is_usual from usual)`;

const body = sql`case when direction = 'outgoing' then about else jsonb_build_object(
  'profileId', profile_id, 'message', about || jsonb_build_object('content', content), 'conversation', conversation)
  end`;

/**
 * Stores messages when nothing more has to be done for any of them: their chats are known, with nothing new about them,
 * and nothing waits for them. Message, conversation, event and the engine's record in one statement, with what
 * `insertArrived` and its transaction write. Answers the groups among the chats that have no name; undefined
 * when nothing was done, for the caller to take the long way. Conversations are locked by id.
 */
export async function storeUsual(
  db: Db,
  events: Pick<EventRecorder, 'insertFrom'>,
  { organizationId, profileId }: Pick<Live, 'organizationId' | 'profileId'>,
  messages: readonly UsualMessage[],
  settling: Pick<SettlePart, 'part'>,
): Promise<string[] | undefined> {
  const input = messages.map(({ row, chat, person, expiration, event, about }, n) => ({
    ...{ ...row, n, chat, event, about },
    ...{ phone: person.phone, lid: person.lid, name: person.name },
    ...{ seconds: expiration?.seconds, since: expiration?.since },
  }));
  const chats = [...new Set(messages.map(({ chat }) => chat))];
  // Of one chat, which is usual: a plan kept from when the table was small reads only that one, too.
  const isOneOf = chats.length === 1 ? sql`c.chat = ${chats[0]}` : sql`c.chat = any(${chats}::text[])`;
  const told = events.insertFrom({ definition: { column: 'event' }, from: sql`facts order by n`, body });
  const { rows } = await sql<{ is_usual: boolean; new_group: string | null }>`
    with input as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(input)}::jsonb) as i (
        n int, id uuid, chat text, phone text, lid text, name text, seconds int, since timestamptz,
        wa_message_id text, direction text, sender text, sender_name text, type text, content jsonb,
        quoted_message_id text, status text, generation bigint, origin_kind text, expiration int,
        "timestamp" timestamptz, created_at timestamptz, event text, about jsonb)
    ), locked as materialized (
      select c.id, c.profile_id, c.chat, c.type, c.name, c.unreached, c.expiration, c.expiration_since, k.phone as person_phone,
        k.lid as person_lid, k.whatsapp_name as person_calls, coalesce(k.name, k.whatsapp_name) as person_name
      from conversations c left join contacts k on k.id = c.contact_id
      where c.profile_id = ${profileId} and ${isOneOf}
      order by c.id for no key update of c
    ), known as materialized (
      select i.*, c.id as conversation_id from input i join locked c on c.chat = i.chat
      where ${isKnownPerson} and ${isKnownTimer} and not ${isAwaited} and not ${isNewsAgain}
    ), usual as materialized (
      select (select count(*) from known) = (select count(*) from input) as is_usual
    ), kept as (
      insert into messages (id, organization_id, profile_id, conversation_id, wa_message_id, direction, sender,
        sender_name, type, content, quoted_message_id, status, generation, origin_kind, expiration, "timestamp",
        created_at, updated_at)
      select id, ${organizationId}::uuid, ${profileId}::uuid, conversation_id, wa_message_id, direction, sender,
        sender_name, type, content, quoted_message_id, status, generation, origin_kind, expiration, "timestamp",
        created_at, created_at
      from known where ${ifUsual} order by n
      on conflict do nothing
      returning id
    ), news as materialized (
      select known.*, known.status = 'received' as is_unread from known join kept using (id)
    ), touched as (
      update conversations c
      set message_count = c.message_count + n.stored, unread_count = c.unread_count + n.unread,
        last_message_at = greatest(c.last_message_at, n.last_at), updated_at = n.changed_at
      from (
        select conversation_id, count(*) as stored, count(*) filter (where is_unread) as unread,
          max("timestamp") as last_at, max(created_at) as changed_at
        from news group by conversation_id
      ) n where c.id = n.conversation_id
      returning c.*
    ), counted as (
      select news.*, touched.organization_id, touched.profile_id, ${conversationJson('touched')} as conversation,
        touched.unread_count - (count(*) filter (where is_unread) over later) as unread_count
      from news join touched on touched.id = news.conversation_id
      window later as (partition by conversation_id order by n rows between 1 following and unbounded following)
    ), facts as (
      select n, organization_id, profile_id, direction, event, content - array['secret', 'raw'] as content,
        about || jsonb_build_object('conversationId', conversation_id) as about,
        conversation || jsonb_build_object('unreadCount', unread_count) as conversation
      from counted
    ), told as (${told}
    ), settled as (${settling.part(ifUsual)})
    select is_usual, l.chat as new_group
    from usual left join locked l on l.type = 'group' and l.name is null`.execute(db);
  if (!rows[0]?.is_usual) return undefined;
  return rows.map((row) => row.new_group).filter((chat) => chat !== null);
}
