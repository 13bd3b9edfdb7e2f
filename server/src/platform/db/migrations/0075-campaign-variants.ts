import { type Kysely, sql } from 'kysely';

/**
 * Campaigns with variants, answers to them, and rows of recipients that are folded away after a while. New columns with
 * constant defaults and an index over ended campaigns, so it costs nothing; one index over the messages of campaigns reads
 * the table of messages once, some seconds at a million.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table broadcasts
    add column variants jsonb,
    add column removed_at timestamptz,
    add column folded_at timestamptz`,
  `create index broadcasts_to_fold on broadcasts (completed_at) where completed_at is not null and folded_at is null`,
  `create index broadcasts_by_template on broadcasts (template_id, created_at desc) where template_id is not null`,
  `create index broadcasts_removed on broadcasts (removed_at) where removed_at is not null`,
  `alter table broadcast_recipients
    add column opted_out boolean not null default false,
    add column retries smallint not null default 0`,
  `alter table broadcast_counters add column opted_out integer not null default 0`,
  `create index messages_of_campaigns_in_chat on messages (conversation_id, timestamp desc, seq desc)
    where origin_kind in ('broadcast', 'bulk')`,
];
