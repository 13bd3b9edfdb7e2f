import { type Kysely, sql } from 'kysely';

/**
 * Vectors of chunks, by what the chunk says: equal texts of a profile have one, and a document that is replaced keeps those
 * of what stayed. One index more over the chunks, some seconds for a million of them.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table knowledge_vectors (
    profile_id uuid not null references knowledge_stats on delete cascade,
    organization_id uuid not null,
    hash text not null,
    model text not null,
    vector bytea not null,
    primary key (profile_id, model, hash)
  )`,
  `alter table knowledge_vectors alter column vector set storage external`,
  `create index knowledge_vectors_by_organization on knowledge_vectors (organization_id)`,
  `create index knowledge_chunks_by_hash on knowledge_chunks (hash, profile_id)`,
];
