import { type Kysely, sql } from 'kysely';

/**
 * What a profile knows: documents, the chunks they are cut into, and how many chunks have each word, which ranking needs.
 * Empty tables, so it costs nothing. A database that lacks an extension does with a smaller index.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `do $$ begin
    create extension if not exists btree_gin;
  exception when insufficient_privilege or feature_not_supported or undefined_file then
    raise notice 'without btree_gin';
  end $$`,
  `create table knowledge_documents (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid not null references profiles on delete cascade,
    name text not null,
    type text not null,
    size integer not null,
    content_hash text not null,
    chunk_count integer not null,
    status text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
  )`,
  `create unique index knowledge_documents_by_name on knowledge_documents (profile_id, name)`,
  `create index knowledge_documents_newest on knowledge_documents (profile_id, created_at desc, id desc)`,
  `create index knowledge_documents_by_organization on knowledge_documents (organization_id)`,
  // No foreign key to profiles: chunks go with their document. An index that begins with the profile would be taken for
  // finding words.
  `create table knowledge_chunks (
    id uuid primary key,
    document_id uuid not null references knowledge_documents on delete cascade,
    organization_id uuid not null,
    profile_id uuid not null,
    position integer not null,
    heading text,
    content text not null,
    lead_length integer not null,
    length integer not null,
    words tsvector not null,
    hash text not null
  )`,
  `alter table knowledge_chunks alter column words set storage main`,
  `create unique index knowledge_chunks_in_order on knowledge_chunks (document_id, position)`,
  `create index knowledge_chunks_by_organization on knowledge_chunks (organization_id, id)`,
  `create table knowledge_terms (
    term text not null,
    profile_id uuid not null,
    df integer not null,
    primary key (term, profile_id)
  )`,
  `create table knowledge_stats (
    profile_id uuid primary key references profiles on delete cascade,
    organization_id uuid not null,
    documents integer not null default 0,
    chunks integer not null default 0,
    total_length bigint not null default 0,
    version bigint not null default 0
  )`,
  `alter table knowledge_terms add foreign key (profile_id) references knowledge_stats on delete cascade`,
  // A short list of entries that are not sorted in yet: every search reads all of it.
  `do $$ declare trigrams text; pairs text := ''; begin
    if exists (select from pg_extension where extname = 'btree_gin') then
      pairs := 'profile_id, ';
    else
      create index knowledge_terms_by_profile on knowledge_terms (profile_id);
    end if;
    execute 'create index knowledge_chunks_by_words on knowledge_chunks using gin (' || pairs ||
      'words) with (gin_pending_list_limit = 256)';
    select quote_ident(n.nspname) into trigrams
      from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_trgm';
    if trigrams is not null then
      execute 'create index knowledge_terms_by_trigram on knowledge_terms using gin (' || pairs || 'term ' || trigrams ||
        '.gin_trgm_ops) with (gin_pending_list_limit = 256)';
    end if;
    if trigrams is null and pairs <> '' then
      create index knowledge_terms_by_profile on knowledge_terms (profile_id);
    end if;
  end $$`,
];
