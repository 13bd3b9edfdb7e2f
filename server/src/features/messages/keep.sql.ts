import { type RawBuilder, sql } from 'kysely';
import { type ChatId, phoneOf } from '../../platform/chat-id.ts';
import type { Json } from '../../platform/db/json-column.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { type FirstMessages, opensConversations } from '../conversations/index.ts';
import { messageQueued } from './messages.events.ts';
import type { MessageOrigin } from './origin.ts';
import { laneOf } from './outbox/lanes.ts';
import type { Claimed } from './outbox/outbox.store.ts';
import { aboutOutgoingJson } from './outgoing.sql.ts';

/** A message with everything decided, to be kept. */
export interface ReadyMessage {
  id: string;
  organizationId: string;
  profileId: string;
  chat: ChatId;
  sender: ChatId | null;
  waMessageId: string;
  type: string;
  content: Record<string, unknown>;
  /** WhatsApp's id of the message that it answers. */
  quotedId: string | null;
  origin: MessageOrigin;
  /** What is told of it beside what it says. */
  metadata?: Json | undefined;
  clientReference: string | null;
  /** The failed message that it repeats. */
  retryOf: string | null;
  acceptedAt: Date;
  expiresAt: Date;
  /** Not before then. */
  dueAt?: Date | undefined;
  /** Its profile wants messages of this origin to keep to the sending policy. */
  isJudged?: boolean;
  /** Of the lease under which this node can send it at once, so that it need not be queued. */
  generation?: number | undefined;
}

/** Where a message is kept. */
export interface Kept {
  id: string;
  conversation_id: string;
  /** The message when it is kept as being sent, by this node; the others are queued. */
  claimed: Claimed | undefined;
}

/** When a message need not be queued: its profile has no pace, is ours for now, and nothing of it waits. */
const isFree = sql`i.generation is not null and i.due_at is null
  and p.message_delay_ms = 0 and p.message_delay_jitter_ms = 0 and p.daily_message_limit is null
  and p.sending_paused_until is null and p.sending_pauses = 0 and not p.sending_held
  and exists (select 1 from profile_leases l where l.profile_id = i.profile_id
    and l.generation = i.generation and l.expires_at > now())
  and not exists (select 1 from outbox q where q.profile_id = i.profile_id and not q.is_claimed and q.due_at is null)`;

/**
 * Keeps messages to chats that exist already, also when another form of their number was dialled: message,
 * conversation and event in one statement. Answers those that are kept, now or before; not those it could not place (a
 * new chat, a profile that is gone). Conversations are locked by id, as where what arrived is stored: in any other
 * order two statements could wait for each other until the database ends one, a second later.
 */
export function keepMessages(
  db: Db | Tx,
  events: Pick<EventRecorder, 'insertFrom'>,
  messages: readonly ReadyMessage[],
): Promise<Kept[]> {
  return keep(db, events, messages, { chats: knownChats, news: sql`news` });
}

/**
 * The same for messages to numbers of which nothing is known, with their contacts and conversations: it keeps those and no
 * others. No conversation that is there is locked, for contacts are locked before conversations as everywhere.
 */
export async function keepFirstMessages(
  db: Db | Tx,
  events: Pick<EventRecorder, 'insertFrom'>,
  messages: readonly ReadyMessage[],
): Promise<Kept[]> {
  const first = messages.filter(({ chat }) => phoneOf(chat) !== undefined);
  if (first.length === 0) return [];
  const people = firstMessagesOf(first);
  const now = new Date(Math.max(...people.map(({ latest }) => latest.getTime())));
  const chats = sql`${opensConversations(events, people, now)}, dialled as (
      select null::uuid as profile_id, null::text as dialled, null::text as address where false
    ), locked as materialized (
      select opened.*, false as to_new_group from opened
    )`;
  // The contact is told of before what it is written.
  return keep(db, events, first, { chats, news: sql`news, (select count(*) from greeted) as told_before` });
}

function firstMessagesOf(messages: readonly ReadyMessage[]): FirstMessages[] {
  const byChat = Map.groupBy(messages, ({ profileId, chat }) => `${profileId}/${chat}`);
  return [...byChat.values()].flatMap((those) => {
    const [first] = those;
    if (!first) return [];
    const { organizationId, profileId, chat } = first;
    const latest = new Date(Math.max(...those.map(({ acceptedAt }) => acceptedAt.getTime())));
    return [{ organizationId, profileId, chat, count: those.length, latest }];
  });
}

const knownChats = sql`dialled as materialized (
      select d.profile_id, d.dialled, d.address from dialled_numbers d
      where (d.profile_id, d.dialled) in (select profile_id, dialled from input)
    ), locked as materialized (
      select c.id, c.profile_id, c.chat, c.address_checked_at, c.expiration, c.expiration_since,
        c.type = 'group' and c.name is null as to_new_group
      from conversations c
      where (c.profile_id, c.chat) in
          (select profile_id, dialled from input union all select profile_id, address from dialled)
        and not c.unreached
      order by c.id for no key update
    )`;

/** `chats` are the parts in which `dialled` and `locked` are found, `news` is what may be told of. */
async function keep(
  db: Db | Tx,
  events: Pick<EventRecorder, 'insertFrom'>,
  messages: readonly ReadyMessage[],
  { chats, news }: { chats: RawBuilder<unknown>; news: RawBuilder<unknown> },
): Promise<Kept[]> {
  const input = messages.map((message, n) => ({
    n,
    id: message.id,
    organization_id: message.organizationId,
    profile_id: message.profileId,
    dialled: message.chat,
    sender: message.sender,
    wa_message_id: message.waMessageId,
    type: message.type,
    content: message.content,
    quoted_message_id: message.quotedId,
    origin_kind: message.origin.kind,
    origin_id: message.origin.id,
    metadata: message.metadata,
    client_reference: message.clientReference,
    retry_of: message.retryOf,
    timestamp: message.acceptedAt,
    expires_at: message.expiresAt,
    lane: laneOf(message.origin),
    due_at: message.dueAt ?? null,
    generation: message.generation ?? null,
  }));
  const told = events.insertFrom({
    definition: messageQueued,
    from: sql`(select news.*, 'queued' as status, null as was from ${news}) as kept order by n`,
    body: aboutOutgoingJson,
  });
  const { rows } = await sql<Claimed>`
    with input as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(input)}::jsonb) as i (
        n int, id uuid, organization_id uuid, profile_id uuid, dialled text, sender text, wa_message_id text,
        type text, content jsonb, quoted_message_id text, origin_kind text, origin_id text,
        metadata jsonb, client_reference text, retry_of uuid,
        "timestamp" timestamptz, expires_at timestamptz, lane smallint, due_at timestamptz, generation bigint)
    ), ${chats}, known as materialized (
      select i.*, c.id as conversation_id, c.chat, c.address_checked_at, c.expiration_since, c.to_new_group,
        nullif(c.expiration, 0) as lasts, ${isFree} as is_free
      from input i
      join profiles p on p.id = i.profile_id and p.organization_id = i.organization_id
      left join dialled d on d.profile_id = i.profile_id and d.dialled = i.dialled
      join lateral (
        select * from locked l where l.profile_id = i.profile_id and l.chat in (i.dialled, d.address)
        order by l.chat = i.dialled desc limit 1
      ) c on true
    ), kept as (
      insert into messages (id, organization_id, profile_id, conversation_id, wa_message_id, direction, sender,
        type, content, quoted_message_id, origin_kind, origin_id, metadata, client_reference, retry_of, status, expiration,
        expires_at, "timestamp", created_at, updated_at)
      select id, organization_id, profile_id, conversation_id, wa_message_id, 'outgoing', sender,
        type, content, quoted_message_id, origin_kind, origin_id, coalesce(metadata, '{}'), client_reference, retry_of,
        case when is_free then 'sending' else 'queued' end, case when is_free then lasts end,
        expires_at, "timestamp", "timestamp", "timestamp"
      from known order by n
      on conflict do nothing
      returning *
    ), news as materialized (
      select known.*, kept.seq from known join kept using (id)
    ), waiting as (
      insert into outbox (message_id, profile_id, conversation_id, seq, lane, due_at, expires_at, is_claimed,
        generation, attempts)
      select id, profile_id, conversation_id, seq, lane, due_at, expires_at, is_free,
        case when is_free then generation end, is_free::int
      from news
    ), hurried as (
      -- Within a chat nothing overtakes: what waits there in a slower lane goes along.
      update outbox o set lane = n.lane
      from (select conversation_id, min(lane) as lane from news where due_at is null group by conversation_id) n
      where o.conversation_id = n.conversation_id and o.lane > 0 and o.lane > n.lane and o.due_at is null
    ), touched as (
      update conversations c
      set last_message_at = greatest(c.last_message_at, k.latest), updated_at = k.latest,
        message_count = c.message_count + k.n
      from (select conversation_id, max("timestamp") as latest, count(*) as n from news group by conversation_id) k
      where c.id = k.conversation_id
    ), told as (${told})
    select kept.*, known.id, known.conversation_id, known.chat, known.address_checked_at, known.to_new_group,
      case when known.lasts is not null then known.expiration_since end as expiration_since
    from known left join kept on kept.id = known.id order by known.n`.execute(db);
  return rows.map((row) => ({
    id: row.id,
    conversation_id: row.conversation_id,
    claimed: row.status === 'sending' ? row : undefined,
  }));
}
