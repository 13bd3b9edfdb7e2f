import { type Kysely, sql } from 'kysely';

/**
 * How long messages of a chat last on phones; what chats are called; status updates in a place of their own.
 * New tables, columns without a rewrite, one pass over conversations, and a copy of the status updates stored so far:
 * seconds on a large database.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  // Seconds; 0: for ever, null in a conversation: unknown.
  `alter table conversations
    add column expiration integer,
    add column expiration_since timestamptz`,
  `alter table messages add column expiration integer`,
  // Expirations of chats without a conversation; the conversation takes them over when it begins.
  `create table chat_expirations (
    profile_id uuid not null references profiles on delete cascade,
    chat text not null,
    expiration integer not null,
    expiration_since timestamptz not null,
    primary key (profile_id, chat)
  )`,

  `update conversations c
    set name = coalesce(k.name, k.whatsapp_name)
    from contacts k
    where k.id = c.contact_id and c.name is distinct from coalesce(k.name, k.whatsapp_name, c.name)`,

  `alter table profiles add column drop_statuses boolean`,
  `create table statuses (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid not null references profiles on delete cascade,
    wa_message_id text not null,
    author text,
    author_name text,
    from_me boolean not null,
    type text not null,
    content jsonb not null,
    revoked_at timestamptz,
    timestamp timestamptz not null,
    created_at timestamptz not null,
    unique nulls not distinct (profile_id, wa_message_id, author)
  )`,
  `create index statuses_in_profile on statuses (profile_id, timestamp desc, id desc)`,
  `create index statuses_by_organization on statuses (organization_id)`,
  // Older servers stored status updates as messages of one conversation.
  `insert into statuses (id, organization_id, profile_id, wa_message_id, author, author_name, from_me, type, content,
      revoked_at, timestamp, created_at)
    select m.id, m.organization_id, m.profile_id, m.wa_message_id, m.sender, m.sender_name,
      m.direction = 'outgoing', m.type, m.content,
      (select min(r.timestamp) from messages r where r.conversation_id = c.id and r.type = 'revoked'
        and r.content ->> 'targetId' = m.wa_message_id and r.sender is not distinct from m.sender),
      m.timestamp, m.created_at
    from conversations c join messages m on m.conversation_id = c.id
    where c.chat = 'status@broadcast' and m.type not in ('revoked', 'edited', 'reaction', 'poll-vote')
    on conflict do nothing`,
  `delete from conversations where chat = 'status@broadcast'`,
];
