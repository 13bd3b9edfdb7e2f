import { type RawBuilder, sql } from 'kysely';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import { defaultZone } from '../calendar.ts';
import { levels } from './count-of.ts';
import type { DayRow } from './tally.ts';

export const hourColumns = Array.from({ length: 24 }, (_, hour) => `h${hour}`);
const counts = [...levels, ...hourColumns];
const list = (part: (column: string) => RawBuilder<unknown>) => sql.join(counts.map(part));

/**
 * The time zones of profiles that are still there. They stay until the transaction ends: a profile is locked before anything
 * of it, as everywhere.
 */
export async function zonesOf(tx: Tx, profileIds: readonly string[]): Promise<Map<string, string>> {
  if (profileIds.length === 0) return new Map();
  const { rows } = await sql<{ id: string; zone: string | null }>`
    select p.id, o.settings ->> 'timeZone' as zone
    from profiles p join organizations o on o.id = p.organization_id
    where p.id = any(${[...new Set(profileIds)]}::uuid[]) order by p.id for key share of p`.execute(tx);
  return new Map(rows.map(({ id, zone }) => [id, zone || defaultZone]));
}

/** The time zone by which an organisation counts its days. */
export async function zoneOf(db: Db, organizationId: string): Promise<string> {
  const { rows } = await sql<{ zone: string | null }>`
    select settings ->> 'timeZone' as zone from organizations where id = ${organizationId}`.execute(db);
  return rows[0]?.zone || defaultZone;
}

/** Adds to the counts, in the order of their keys; the totals after the days. The profiles must be locked. */
export async function addDays(tx: Tx, rows: readonly DayRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    with given as materialized (
      select p.organization_id, g.* from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g (
        profile_id uuid, day date, direction text, type text,
        ${list((column) => sql`${sql.ref(column)} int`)})
      join profiles p on p.id = g.profile_id
    ), added as (
      insert into message_days as d (organization_id, profile_id, day, direction, type, ${list((column) => sql.ref(column))})
      select organization_id, profile_id, day, direction, type,
        ${list((column) => sql`coalesce(${sql.ref(column)}, 0)`)}
      from given order by profile_id, day, direction, type
      on conflict (profile_id, day, direction, type) do update
      set ${list((column) => sql`${sql.ref(column)} = d.${sql.ref(column)} + excluded.${sql.ref(column)}`)}
      returning 1
    )
    insert into message_totals as t (organization_id, profile_id, incoming, outgoing)
    select organization_id, profile_id, coalesce(sum(n) filter (where direction = 'incoming'), 0),
      coalesce(sum(n) filter (where direction <> 'incoming'), 0)
    from given where (select count(*) from added) >= 0
    group by organization_id, profile_id having sum(n) <> 0 order by profile_id
    on conflict (profile_id) do update
    set incoming = t.incoming + excluded.incoming, outgoing = t.outgoing + excluded.outgoing`.execute(tx);
}
