import { type Kysely, sql } from 'kysely';

const hours = Array.from({ length: 24 }, (_, hour) => `h${hour} integer not null default 0`).join(', ');

/**
 * What statistics are made of: counts per day that a reader of the events keeps. Messages from before are counted by a job,
 * which begins with the newest number there is now; the cursor begins behind all events about them. The locks make sure that
 * nobody writes a message in between: a moment on a database of any size.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table message_days (
    organization_id uuid not null,
    profile_id uuid not null references profiles on delete cascade,
    day date not null,
    direction text not null,
    type text not null,
    n integer not null default 0,
    sent integer not null default 0,
    delivered integer not null default 0,
    read integer not null default 0,
    failed integer not null default 0,
    expired integer not null default 0,
    cancelled integer not null default 0,
    ${hours},
    primary key (profile_id, day, direction, type)
  )`,
  `create index message_days_by_organization on message_days (organization_id)`,
  `create table message_totals (
    profile_id uuid primary key references profiles on delete cascade,
    organization_id uuid not null,
    incoming bigint not null default 0,
    outgoing bigint not null default 0
  )`,
  `create index message_totals_by_organization on message_totals (organization_id)`,
  `create table awaiting (
    conversation_id uuid primary key,
    organization_id uuid not null,
    profile_id uuid not null references profiles on delete cascade,
    message_id uuid not null,
    since timestamptz not null
  )`,
  `create index awaiting_by_profile on awaiting (profile_id)`,
  `create index awaiting_by_organization on awaiting (organization_id)`,
  `create index awaiting_by_age on awaiting (since)`,
  `create table response_days (
    organization_id uuid not null,
    profile_id uuid not null references profiles on delete cascade,
    day date not null,
    answered_by text not null,
    hour smallint not null,
    n integer not null,
    sum_ms bigint not null,
    primary key (profile_id, day, answered_by, hour)
  )`,
  `create index response_days_by_organization on response_days (organization_id)`,
  `create table response_times (
    organization_id uuid not null,
    profile_id uuid not null references profiles on delete cascade,
    day date not null,
    answered_by text not null,
    bucket smallint not null,
    n integer not null,
    primary key (profile_id, day, answered_by, bucket)
  )`,
  `create index response_times_by_organization on response_times (organization_id)`,
  `create table statistics_backlog (
    is_one boolean primary key default true check (is_one),
    seq_max bigint not null,
    behind uuid not null default '00000000-0000-0000-0000-000000000000'
  )`,
  `create table statistics_changes (
    message_id uuid primary key,
    sent integer not null,
    delivered integer not null,
    read integer not null,
    failed integer not null,
    expired integer not null,
    cancelled integer not null
  )`,
  `do $$ begin
    if exists (select from messages) then
      lock table messages, events in share mode;
      insert into statistics_backlog (seq_max) select max(seq) from messages;
      insert into event_cursors (reader, position)
        select 'statistics', (select last_position from event_log) + (select count(*) from events where position is null);
    end if;
  end $$`,
];
