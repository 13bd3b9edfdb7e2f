import { type Kysely, sql } from 'kysely';

/**
 * One act on many profiles, conversations or contacts, and what became of each. Those of contacts move here; what they had
 * still to do is not done any more, for nobody noted who asked for it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table bulk_acts (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    profile_id uuid references profiles on delete cascade,
    kind text not null,
    act text not null,
    about jsonb not null,
    status text not null,
    total integer not null,
    done integer not null default 0,
    changed integer not null default 0,
    failed integer not null default 0,
    cursor uuid,
    tries integer not null default 0,
    asked_by uuid references users on delete set null,
    api_key_id uuid,
    reach jsonb,
    created_at timestamptz not null,
    finished_at timestamptz
  )`,
  `create index bulk_acts_by_organization on bulk_acts (organization_id)`,
  `create index bulk_acts_by_profile on bulk_acts (profile_id)`,
  `create index bulk_acts_by_person on bulk_acts (asked_by)`,
  `create index bulk_acts_by_age on bulk_acts (created_at)`,
  `create index bulk_acts_running on bulk_acts (id) where status = 'running'`,
  `create table bulk_act_items (
    bulk_id uuid not null references bulk_acts on delete cascade,
    item_id uuid not null,
    state text not null default 'waiting',
    code text,
    reason text,
    primary key (bulk_id, item_id)
  )`,
  `create index bulk_act_items_failed on bulk_act_items (bulk_id, item_id) where state = 'failed'`,
  `insert into bulk_acts (id, organization_id, profile_id, kind, act, about, status, total, done, changed, failed,
      created_at, finished_at)
    select id, organization_id, profile_id, 'contact', act, jsonb_build_object('tags', to_jsonb(tags)),
      case status when 'running' then 'stopped' else status end, total, done, changed, failed, created_at, finished_at
    from contact_bulks`,
  `insert into bulk_act_items (bulk_id, item_id, state, reason)
    select b.id, (f ->> 'contactId')::uuid, 'failed', f ->> 'reason'
    from contact_bulks b, jsonb_array_elements(b.failures) f on conflict do nothing`,
  `drop table contact_bulk_items`,
  `drop table contact_bulks`,
];
