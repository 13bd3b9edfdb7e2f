import { type Kysely, sql } from 'kysely';

/**
 * Automations are changed in a draft and published as a version that says what it is; a run knows when it has lasted too
 * long; quick rounds of two programs and turns of members are counted. New columns without values, and one statement that
 * fills in what each automation is now: it takes a moment.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table automation_runs add column expires_at timestamptz`,
  `alter table automation_chats add column quick_count integer not null default 0`,
  `alter table automation_counts add column turns bigint not null default 0`,
  `alter table automations add column draft jsonb, add column draft_of integer, add column draft_at timestamptz,
    add column draft_by uuid`,
  `create index automations_by_drafter on automations (draft_by) where draft_by is not null`,
  `alter table automation_versions add column definition jsonb, add column published_by uuid, add column note text,
    add column changes jsonb`,
  `create index automation_versions_by_person on automation_versions (published_by) where published_by is not null`,
  `update automation_versions v set definition = jsonb_build_object('kind', a.kind, 'triggerType', a.trigger_type,
      'triggerConfig', a.trigger_config, 'conditions', a.conditions, 'actions', a.actions, 'graph', a.graph,
      'settings', a.settings)
    from automations a where a.id = v.automation_id and a.version = v.version`,
];
