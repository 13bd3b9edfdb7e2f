import { type Kysely, sql } from 'kysely';

/**
 * What messages are found by, in a table of its own behind them. Empty at first: a job gathers the words of what is there,
 * some thousands a second. A moment on a database of any size. Without the extension for trigrams, which every
 * database that comes with the server has, search looks through the newest messages only.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table message_words (
    message_id uuid primary key references messages on delete cascade,
    organization_id uuid not null,
    profile_id uuid not null,
    conversation_id uuid not null,
    at timestamptz not null,
    words text not null
  )`,
  `create index message_words_of_organization on message_words (organization_id, at desc, message_id desc)`,
  `create index message_words_of_profile on message_words (profile_id, at desc, message_id desc)`,
  `create index message_words_of_conversation on message_words (conversation_id, at desc, message_id desc)`,
  // A short list of entries that are not sorted in yet: every search reads all of it.
  `do $$ declare place text; begin
    select quote_ident(n.nspname) into place
      from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_trgm';
    if place is not null then
      execute 'create index message_words_by_trigram on message_words using gin (words ' || place ||
        '.gin_trgm_ops) with (gin_pending_list_limit = 256)';
    end if;
  end $$`,
  `create table words_backlog (
    id bigint generated always as identity primary key,
    organization_id uuid references organizations on delete cascade,
    message_ids uuid[],
    behind uuid not null default '00000000-0000-0000-0000-000000000000'
  )`,
  `create index words_backlog_by_organization on words_backlog (organization_id)`,
  `insert into words_backlog (organization_id) select null where exists (select from messages)`,
];
