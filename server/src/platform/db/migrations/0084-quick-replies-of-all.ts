import { type Kysely, sql } from 'kysely';

/** Quick replies that are there for every profile; small tables, so it takes a moment. And starts that were left out are counted. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table quick_replies alter column profile_id drop not null`,
  `alter table quick_replies drop constraint quick_replies_shortcut`,
  `alter table quick_replies add constraint quick_replies_shortcut
    unique nulls not distinct (organization_id, profile_id, shortcut_key)`,
  `alter table automation_counts add column left_out bigint not null default 0`,
];
