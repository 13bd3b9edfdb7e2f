import { type Kysely, sql } from 'kysely';

/**
 * What starts automations by time: schedules, and people who wait for an answer or are waited for. And how deep the events lie
 * that automations caused, so that they can't start each other for ever. Empty tables, so it costs nothing.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table automation_dues (
    automation_id uuid not null references automations on delete cascade,
    chat text not null,
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid not null references profiles on delete cascade,
    due_at timestamptz not null,
    origin_event uuid not null,
    state jsonb not null,
    primary key (automation_id, chat)
  )`,
  `create index automation_dues_due on automation_dues (due_at)`,
  `create index automation_dues_by_chat on automation_dues (profile_id, chat)`,
  `create index automation_dues_by_organization on automation_dues (organization_id)`,
  `create table automation_causes (
    event_id uuid primary key,
    depth integer not null,
    at timestamptz not null
  )`,
  `create index automation_causes_by_age on automation_causes (at)`,
];
