import { sql } from 'kysely';
import type { Tx } from '../../../platform/db/transaction.ts';
import type { Whose } from '../whose.ts';
import type { GoodRow } from './rows.ts';

/** What became of a person: `was_there` or `was_made`; neither when somebody else was quicker. */
interface Taken {
  id: string;
  contact_id: string | null;
  was_there: boolean;
  was_made: boolean;
}

/**
 * Takes people in, in one statement: whoever is a contact under any form of the number, or under the one that WhatsApp is
 * known to have, gets what is given; the others become contacts. With `isDryRun` only says which would. With `isKept` who is a
 * contact keeps name and tags, and gets the `metadata` of `how` instead of their own.
 */
export async function takePeople(
  tx: Tx,
  { organizationId, profileId }: Whose,
  people: readonly GoodRow[],
  how: { now: Date; isDryRun: boolean; isKept?: boolean; metadata?: object },
): Promise<Taken[]> {
  const { now, isDryRun, isKept = false } = how;
  const anew = how.metadata ? JSON.stringify(how.metadata) : null;
  const given = people.map(({ id, phone, lid, forms, name, tags, metadata }) => ({
    ...{ id, phone, lid, forms, name, tags, metadata },
  }));
  const { rows } = await sql<Taken>`
    with given as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as g
        (id uuid, phone text, lid text, forms text[], name text, tags text[], metadata jsonb)
    ), forms as materialized (
      select g.id, f.form from given g cross join unnest(g.forms) as f (form)
    ), registered as materialized (
      select f.id, min(split_part(d.address, '@', 1)) as phone from forms f
      join dialled_numbers d on d.profile_id = ${profileId} and d.dialled = f.form || '@c.us' group by f.id
    ), found as materialized (
      select f.id, k.id as contact_id from forms f join contacts k on k.profile_id = ${profileId} and k.phone = f.form
      union
      select r.id, k.id from registered r join contacts k on k.profile_id = ${profileId} and k.phone = r.phone
      union
      select g.id, k.id from given g join contacts k on k.profile_id = ${profileId} and k.lid = g.lid
    ), chosen as materialized (
      -- Of two rows about one contact the other one comes again.
      select distinct on (contact_id) id, contact_id
      from (select distinct on (id) id, contact_id from found order by id, contact_id) one order by contact_id, id
    ), locked as materialized (
      select id, name from contacts where id in (select contact_id from chosen) and not ${isDryRun}::boolean
      order by id for no key update
    ), changed as (
      update contacts k
      set name = g.new_name, metadata = k.metadata || g.new_metadata, updated_at = ${now},
        tags = case when k.tags @> g.new_tags then k.tags else array(
          select tag from unnest(k.tags || g.new_tags) with ordinality as t (tag, n)
          group by tag order by min(n) limit 100) end
      from (
        select c.contact_id, coalesce(${anew}::jsonb, g.metadata) as new_metadata,
          case when ${isKept}::boolean then coalesce(l.name, g.name) else coalesce(g.name, l.name) end as new_name,
          case when ${isKept}::boolean then '{}' else g.tags end as new_tags
        from chosen c join given g on g.id = c.id join locked l on l.id = c.contact_id
      ) g
      where k.id = g.contact_id and (k.name is distinct from g.new_name
        or not k.tags @> g.new_tags or not k.metadata @> g.new_metadata)
    ), made as (
      insert into contacts (id, organization_id, profile_id, phone, lid, name, tags, metadata, created_at, updated_at)
      select g.id, ${organizationId}::uuid, ${profileId}::uuid, coalesce(r.phone, g.phone), g.lid, g.name, g.tags, g.metadata,
        ${now}, ${now}
      from given g left join registered r on r.id = g.id
      where not exists (select from found f where f.id = g.id) and not ${isDryRun}::boolean
      order by g.phone, g.lid
      on conflict do nothing
      returning id
    )
    select g.id, coalesce(c.contact_id, m.id) as contact_id, c.id is not null as was_there,
      m.id is not null or (${isDryRun}::boolean and not exists (select from found f where f.id = g.id)) as was_made
    from given g left join chosen c on c.id = g.id left join made m on m.id = g.id`.execute(tx);
  return rows;
}
