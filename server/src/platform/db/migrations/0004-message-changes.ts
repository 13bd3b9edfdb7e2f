import { type Kysely, sql } from 'kysely';

/**
 * Edits, revokes and reactions stand beside the message they are about instead of among the messages; those that
 * were stored as messages before wait for their message until their profile connects. New columns without a rewrite,
 * and two passes over the messages to find and move those rows: about a second for each million.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table messages
    add column original_content jsonb,
    add column edited_at timestamptz,
    add column revoked_at timestamptz,
    add column revoked_by text,
    add column reactions jsonb`,
  `create table message_changes (
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid not null references profiles on delete cascade,
    conversation_id uuid not null references conversations on delete cascade,
    target_id text not null,
    kind text not null,
    author_key text not null,
    author text,
    author_name text,
    wa_message_id text not null,
    content jsonb not null,
    waiting boolean not null,
    at timestamptz not null,
    created_at timestamptz not null,
    primary key (conversation_id, target_id, kind, author_key)
  )`,
  `create index message_changes_waiting on message_changes (profile_id, conversation_id) where waiting`,
  `create index message_changes_by_organization on message_changes (organization_id)`,
  `insert into message_changes (organization_id, profile_id, conversation_id, target_id, kind, author_key, author,
      author_name, wa_message_id, content, waiting, at, created_at)
    select distinct on (m.conversation_id, target_id, kind, author_key)
      m.organization_id, m.profile_id, m.conversation_id, target_id, kind, author_key, m.sender,
      m.sender_name, m.wa_message_id, m.content - 'targetId', true, m.timestamp, m.created_at
    from messages m join conversations c on c.id = m.conversation_id,
      lateral (select m.content ->> 'targetId' as target_id, m.type as kind,
        case when m.direction = 'outgoing' then 'me' when c.type = 'user' then 'them'
          else coalesce(m.sender, '') end as author_key) as told
    where m.type in ('edited', 'revoked', 'reaction') and target_id is not null
      and (m.direction = 'incoming' or m.generation is not null)
    order by m.conversation_id, target_id, kind, author_key, m.timestamp desc, m.seq desc`,
  `delete from messages
    where type in ('edited', 'revoked', 'reaction', 'poll-vote')
      and (direction = 'incoming' or generation is not null)`,
];
