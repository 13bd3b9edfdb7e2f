import { type Kysely, sql } from 'kysely';

/**
 * Since when a profile is in its status, what its statuses were, and labels to find it by. Whoever changes a status, its history
 * is kept by triggers, at the moment that the change is stored under. They do nothing while the status stays.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table profiles add column status_since timestamptz, add column labels text[] not null default '{}'`,
  `update profiles set status_since = updated_at`,
  `create table profile_states (
    id bigint generated always as identity primary key,
    profile_id uuid not null references profiles on delete cascade,
    organization_id uuid not null,
    status text not null,
    reason text,
    node_id text,
    at timestamptz not null
  )`,
  `create index profile_states_of_profile on profile_states (profile_id, id desc)`,
  `create index profile_states_by_organization on profile_states (organization_id, id)`,
  `create index profile_states_by_age on profile_states (at)`,
  `create function profile_status_begins() returns trigger language plpgsql as $$ begin
    new.status_since := new.updated_at;
    return new;
  end $$`,
  `create trigger profiles_begin before insert on profiles for each row
    when (new.status_since is null) execute function profile_status_begins()`,
  `alter table profiles alter column status_since set not null`,
  `create trigger profiles_status_begins before update of status on profiles for each row
    when (old.status is distinct from new.status) execute function profile_status_begins()`,
  `create function profile_state_kept() returns trigger language plpgsql as $$ begin
    insert into profile_states (profile_id, organization_id, status, reason, node_id, at)
      select new.id, new.organization_id, new.status, new.status_reason,
        (select node_id from profile_leases where profile_id = new.id and expires_at > now()), new.updated_at;
    return null;
  end $$`,
  `create trigger profiles_state_kept after update of status, status_reason on profiles for each row
    when (old.status is distinct from new.status or old.status_reason is distinct from new.status_reason)
    execute function profile_state_kept()`,
];
