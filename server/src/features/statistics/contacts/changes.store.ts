import { sql } from 'kysely';
import type { Tx } from '../../../platform/db/transaction.ts';

/** By how much contacts of a profile changed. */
export interface ContactChange {
  organization_id: string;
  profile_id: string;
  at: Date;
  tag: string | null;
  added: number;
  removed: number;
  total: number;
  with_tags: number;
}

/** The profiles of the oldest changes. */
export async function changedProfiles(tx: Tx, limit: number): Promise<string[]> {
  const { rows } = await sql<{ profile_id: string }>`
    select distinct profile_id from (select profile_id from contact_changes order by id limit ${limit}) as oldest`.execute(
    tx,
  );
  return rows.map((row) => row.profile_id);
}

/** Takes the oldest changes of profiles that nobody else has taken. The profiles must be locked. */
export async function takeChanges(
  tx: Tx,
  profileIds: readonly string[],
  limit: number,
): Promise<ContactChange[]> {
  const { rows } = await sql<ContactChange>`
    delete from contact_changes where id in (
      select id from contact_changes where profile_id = any(${[...profileIds]}::uuid[])
      order by id limit ${limit} for update skip locked
    ) returning organization_id, profile_id, at, tag, added, removed, total, with_tags`.execute(tx);
  return rows;
}

type Added = Omit<ContactChange, 'at'> & { day: string };

/** Adds changes to the counts, each table in the order of its keys. */
export async function addContacts(tx: Tx, changes: readonly Added[]): Promise<void> {
  if (changes.length === 0) return;
  await sql`
    with given as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb) as g (organization_id uuid, profile_id uuid,
        day date, tag text, added int, removed int, total int, with_tags int)
    ), days as (
      insert into contact_days as d (organization_id, profile_id, day, added, removed)
      select organization_id, profile_id, day, sum(added), sum(removed) from given
      where tag is null group by 1, 2, 3 having sum(added) <> 0 or sum(removed) <> 0 order by profile_id, day
      on conflict (profile_id, day) do update
      set added = d.added + excluded.added, removed = d.removed + excluded.removed
      returning 1
    ), totals as (
      insert into contact_totals as t (organization_id, profile_id, total, with_tags)
      select organization_id, profile_id, sum(total), sum(with_tags) from given
      where tag is null and (select count(*) from days) >= 0 group by 1, 2 order by profile_id
      on conflict (profile_id) do update
      set total = t.total + excluded.total, with_tags = t.with_tags + excluded.with_tags
      returning 1
    )
    insert into contact_tags as t (organization_id, profile_id, tag, n)
    select organization_id, profile_id, tag, sum(total) from given
    where tag is not null and (select count(*) from totals) >= 0 group by 1, 2, 3 order by profile_id, tag
    on conflict (profile_id, tag) do update set n = t.n + excluded.n`.execute(tx);
  await sql`delete from contact_tags where n = 0
    and profile_id = any(${[...new Set(changes.map((change) => change.profile_id))]}::uuid[])`.execute(tx);
}
