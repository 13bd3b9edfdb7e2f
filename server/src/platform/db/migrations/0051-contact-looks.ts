import { type Kysely, sql } from 'kysely';

/**
 * What people show of themselves is kept with their contact: columns without a rewrite of the table. Nothing ever filled
 * `avatar_url`. Lists search along the index that `/search` has, so the other one goes.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table contacts drop column avatar_url,
    add column picture_state text not null default 'unknown'
      check (picture_state in ('unknown', 'shown', 'none', 'hidden')),
    add column picture_version text,
    add column picture_media_id uuid,
    add column about_state text not null default 'unknown' check (about_state in ('unknown', 'shown', 'none', 'hidden')),
    add column about text,
    add column looked_at timestamptz`,
  `drop index if exists contacts_by_words`,
];
