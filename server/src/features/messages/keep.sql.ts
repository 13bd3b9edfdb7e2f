import { sql } from 'kysely';
import type { ChatId } from '../../platform/chat-id.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { messageQueued } from './messages.events.ts';
import type { MessageOrigin } from './origin.ts';
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
  acceptedAt: Date;
  expiresAt: Date;
}

/** Where a message is kept. */
export interface Kept {
  id: string;
  conversation_id: string;
}

/**
 * Keeps messages to chats that exist already, also when another form of their number was dialled: message,
 * conversation and event in one statement. Answers those that are kept, now or before; not those it could not place (a
 * new chat, a profile that is gone). Conversations are locked by id, as where what arrived is stored: in any other
 * order two statements could wait for each other until the database ends one, a second later.
 */
export async function keepMessages(
  db: Db | Tx,
  events: Pick<EventRecorder, 'insertFrom'>,
  messages: readonly ReadyMessage[],
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
    timestamp: message.acceptedAt,
    expires_at: message.expiresAt,
  }));
  const told = events.insertFrom({
    definition: messageQueued,
    from: sql`(select news.*, 'queued' as status from news) as kept order by n`,
    body: aboutOutgoingJson,
  });
  const { rows } = await sql<Kept>`
    with input as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(input)}::jsonb) as i (
        n int, id uuid, organization_id uuid, profile_id uuid, dialled text, sender text, wa_message_id text,
        type text, content jsonb, quoted_message_id text, origin_kind text, origin_id text,
        "timestamp" timestamptz, expires_at timestamptz)
    ), dialled as materialized (
      select d.profile_id, d.dialled, d.address from dialled_numbers d
      where (d.profile_id, d.dialled) in (select profile_id, dialled from input)
    ), locked as materialized (
      select c.id, c.profile_id, c.chat from conversations c
      where (c.profile_id, c.chat) in
          (select profile_id, dialled from input union all select profile_id, address from dialled)
        and not c.unreached
      order by c.id for no key update
    ), known as materialized (
      select i.*, coalesce(c.chat, other.chat) as chat, coalesce(c.id, other.id) as conversation_id
      from input i
      join profiles p on p.id = i.profile_id and p.organization_id = i.organization_id
      left join locked c on c.profile_id = i.profile_id and c.chat = i.dialled
      left join dialled d on d.profile_id = i.profile_id and d.dialled = i.dialled
      left join locked other on other.profile_id = d.profile_id and other.chat = d.address
      where coalesce(c.id, other.id) is not null
    ), kept as (
      insert into messages (id, organization_id, profile_id, conversation_id, wa_message_id, direction, sender,
        type, content, quoted_message_id, origin_kind, origin_id, status, expires_at, "timestamp", created_at,
        updated_at)
      select id, organization_id, profile_id, conversation_id, wa_message_id, 'outgoing', sender,
        type, content, quoted_message_id, origin_kind, origin_id, 'queued', expires_at, "timestamp", "timestamp",
        "timestamp"
      from known order by n
      on conflict do nothing
      returning id
    ), news as materialized (
      select known.* from known join kept using (id)
    ), touched as (
      update conversations c
      set last_message_at = greatest(c.last_message_at, k.latest), updated_at = k.latest,
        message_count = c.message_count + k.n
      from (select conversation_id, max("timestamp") as latest, count(*) as n from news group by conversation_id) k
      where c.id = k.conversation_id
    ), told as (${told})
    select id, conversation_id from known`.execute(db);
  return rows;
}
