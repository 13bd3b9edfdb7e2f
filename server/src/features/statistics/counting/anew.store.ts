import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../../../platform/db/transaction.ts';
import type { RecordedEvent } from '../../../platform/events/define.ts';
import { levels } from './count-of.ts';
import { hourColumns } from './days.store.ts';
import type { DayRow } from './tally.ts';

const counts = [...levels, ...hourColumns];
const list = (part: (column: string) => RawBuilder<unknown>) => sql.join(counts.map(part));

/** The profiles of an organisation. */
export async function profilesOfOrganization(tx: Tx, organizationId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('profiles')
    .select('id')
    .where('organization_id', '=', organizationId)
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}

/**
 * The counts of all messages of a profile that are kept, by the clocks of a zone; and from which day on none is missing: where
 * old messages are deleted, from the day after the first that is left.
 */
export async function keptDays(
  tx: Tx,
  profileId: string,
  zone: string,
): Promise<{ rows: DayRow[]; from: string | undefined }> {
  const has = (...statuses: string[]) =>
    sql`count(*) filter (where m.direction = 'outgoing' and m.status = any(${statuses}::text[]))::int`;
  const hours = hourColumns.map(
    (column, hour) =>
      sql`count(*) filter (where extract(hour from m.at) = ${hour})::int as ${sql.ref(column)}`,
  );
  const { rows } = await sql<DayRow>`
    select ${profileId}::uuid as profile_id, m.at::date::text as day, m.direction, m.type, count(*)::int as n,
      ${has('sent', 'delivered', 'read', 'played')} as sent, ${has('delivered', 'read', 'played')} as delivered,
      ${has('read', 'played')} as read, ${has('failed')} as failed, ${has('expired')} as expired,
      ${has('cancelled')} as cancelled, ${sql.join(hours)}
    from (
      select direction, type, status,
        least(greatest("timestamp", '1970-01-02Z'), '2199-12-30Z') at time zone ${zone} as at
      from messages where profile_id = ${profileId}
    ) m
    group by 2, 3, 4`.execute(tx);
  const { rows: found } = await sql<{ day: string | null }>`
    select ((min(m."timestamp") at time zone ${zone})::date
      + case when jsonb_typeof(o.settings -> 'messageRetentionDays') = 'number' then 1 else 0 end)::text as day
    from profiles p join organizations o on o.id = p.organization_id left join messages m on m.profile_id = p.id
    where p.id = ${profileId} group by o.settings`.execute(tx);
  return { rows, from: found[0]?.day ?? undefined };
}

/** What was told of a profile and is not counted yet. */
export async function uncountedEvents(
  tx: Tx,
  profileId: string,
  position: number,
): Promise<Pick<RecordedEvent, 'name' | 'body'>[]> {
  const { rows } = await sql<Pick<RecordedEvent, 'name' | 'body'>>`
    select name, body from events where profile_id = ${profileId} and position > ${position}
    union all select name, body from events where profile_id = ${profileId} and position is null`.execute(tx);
  return rows;
}

/** Puts these counts in place of those since a day. The profile must be locked. */
export async function replaceDays(
  tx: Tx,
  profileId: string,
  from: string,
  rows: readonly DayRow[],
): Promise<void> {
  await sql`delete from message_days where profile_id = ${profileId} and day >= ${from}::date`.execute(tx);
  if (rows.length === 0) return;
  await sql`insert into message_days (organization_id, profile_id, day, direction, type, ${list((column) => sql.ref(column))})
    select p.organization_id, g.profile_id, g.day, g.direction, g.type, ${list((column) => sql`coalesce(g.${sql.ref(column)}, 0)`)}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g (profile_id uuid, day date, direction text, type text,
      ${list((column) => sql`${sql.ref(column)} int`)})
    join profiles p on p.id = g.profile_id
    order by g.profile_id, g.day, g.direction, g.type`.execute(tx);
}
