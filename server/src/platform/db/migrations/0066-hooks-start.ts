import { type Kysely, sql } from 'kysely';

/** A hook may start an automation instead of sending. New columns without values, so it costs nothing. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table hooks add column automation_id uuid references automations on delete set null`,
  `create index hooks_by_automation on hooks (automation_id) where automation_id is not null`,
  `alter table hook_receipts add column run_id uuid`,
];
