import { type Kysely, sql } from 'kysely';

/**
 * How many contacts there are, came and went, and with which tags. Whatever changes contacts, a trigger notes by how much,
 * in rows that nobody waits for; a job adds them up. The contacts that are there are noted here: a second or two for a
 * million.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

/** Quarters of an hour: no time zone is ahead of another by a part of one. */
const quarterOf = (at: string) => `date_bin('15 minutes', ${at}, '2000-01-01Z')`;

const intoCounts = `insert into contact_changes (organization_id, profile_id, at, added, removed, total, with_tags)`;
const intoTags = `insert into contact_changes (organization_id, profile_id, at, tag, total)`;

const counted = (rows: string) => `
  ${intoCounts}
    select organization_id, profile_id, ${quarterOf('created_at')}, count(*), 0, count(*),
      count(*) filter (where tags <> '{}')
    from ${rows} group by 1, 2, 3;
  ${intoTags}
    select organization_id, profile_id, max(created_at), tag, count(distinct id)
    from ${rows}, unnest(tags) as t (tag) group by organization_id, profile_id, tag;`;

const statements = [
  `create table contact_changes (
    id bigint generated always as identity primary key,
    organization_id uuid not null,
    profile_id uuid not null references profiles on delete cascade,
    at timestamptz not null,
    tag text,
    added integer not null default 0,
    removed integer not null default 0,
    total integer not null,
    with_tags integer not null default 0
  )`,
  `create index contact_changes_by_profile on contact_changes (profile_id)`,
  `create index contact_changes_by_organization on contact_changes (organization_id)`,
  `create table contact_days (
    organization_id uuid not null,
    profile_id uuid not null references profiles on delete cascade,
    day date not null,
    added integer not null default 0,
    removed integer not null default 0,
    primary key (profile_id, day)
  )`,
  `create index contact_days_by_organization on contact_days (organization_id)`,
  `create table contact_totals (
    profile_id uuid primary key references profiles on delete cascade,
    organization_id uuid not null,
    total integer not null default 0,
    with_tags integer not null default 0
  )`,
  `create index contact_totals_by_organization on contact_totals (organization_id)`,
  `create table contact_tags (
    organization_id uuid not null,
    profile_id uuid not null references profiles on delete cascade,
    tag text not null,
    n integer not null,
    primary key (profile_id, tag)
  )`,
  `create index contact_tags_by_organization on contact_tags (organization_id)`,

  // What goes with its profile or its organisation needs no count any more.
  `create function contacts_counted() returns trigger language plpgsql as $$ begin
    if tg_op = 'INSERT' then ${counted('news')}
    elsif tg_op = 'DELETE' then
      ${intoCounts}
        select k.organization_id, k.profile_id, ${quarterOf('statement_timestamp()')}, 0, count(*), -count(*),
          -count(*) filter (where k.tags <> '{}')
        from olds k join profiles p on p.id = k.profile_id
          join organizations o on o.id = p.organization_id and o.erasing_at is null
        group by 1, 2;
      ${intoTags}
        select k.organization_id, k.profile_id, statement_timestamp(), tag, -count(distinct k.id)
        from olds k join profiles p on p.id = k.profile_id
          join organizations o on o.id = p.organization_id and o.erasing_at is null
          cross join unnest(k.tags) as t (tag)
        group by k.organization_id, k.profile_id, tag;
    else
      ${intoCounts}
        select n.organization_id, n.profile_id, statement_timestamp(), 0, 0, 0,
          sum((n.tags <> '{}')::int - (o.tags <> '{}')::int)
        from news n join olds o on o.id = n.id
        where (n.tags <> '{}') <> (o.tags <> '{}') group by 1, 2;
      ${intoTags}
        select organization_id, profile_id, statement_timestamp(), tag, sum(n)
        from (
          select distinct n.id, n.organization_id, n.profile_id, tag, 1 as n
          from news n join olds o on o.id = n.id and o.tags is distinct from n.tags, unnest(n.tags) as t (tag)
          union all
          select distinct n.id, n.organization_id, n.profile_id, tag, -1
          from news n join olds o on o.id = n.id and o.tags is distinct from n.tags, unnest(o.tags) as t (tag)
        ) as changed
        group by organization_id, profile_id, tag having sum(n) <> 0;
    end if;
    return null;
  end $$`,
  `create trigger contacts_added after insert on contacts referencing new table as news
    for each statement execute function contacts_counted()`,
  `create trigger contacts_removed after delete on contacts referencing old table as olds
    for each statement execute function contacts_counted()`,
  `create trigger contacts_changed after update on contacts referencing old table as olds new table as news
    for each statement execute function contacts_counted()`,
  ...counted('contacts')
    .split(';')
    .filter((statement) => statement.trim()),
];
