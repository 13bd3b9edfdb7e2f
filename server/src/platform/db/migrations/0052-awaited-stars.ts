import { type Kysely, sql } from 'kysely';

/** Stars that a phone tells of messages whose chat is not here yet. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table awaited_stars (
    profile_id uuid not null references profiles on delete cascade,
    organization_id uuid not null references organizations on delete cascade,
    chat text not null,
    wa_message_id text not null,
    starred boolean not null,
    at timestamptz not null,
    primary key (profile_id, chat, wa_message_id)
  )`,
  `create index awaited_stars_by_organization on awaited_stars (organization_id)`,
];
