import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../platform/db/transaction.ts';
import { isEverywhere } from '../../platform/reach.ts';
import { isProfileOf } from '../../platform/tenancy.ts';
import { levels } from './counting/count-of.ts';
import { hourColumns } from './counting/days.store.ts';
import type { Part } from './parts.ts';
import type { Range } from './range.ts';
import type { AnsweredBy } from './responses/steps.ts';

const topTagsMax = 10;

/** The profiles of a part, found before any of their rows: those lie together. */
const profilesOf = ({ tenancy, profileId }: Part): RawBuilder<unknown> =>
  sql`any(array(select p.id from profiles p where ${isProfileOf(tenancy, 'p')}
    ${profileId ? sql`and p.id = ${profileId}` : sql``}))`;

/** Of everybody there are sums by organisation; of some profiles their own are added up. */
function rowsOf(part: Part, table: 'message_days' | 'response_days' | 'response_times') {
  const isAll = part.profileId === undefined && isEverywhere(part.tenancy.reach);
  const [from, are] = isAll
    ? [sql.table(whole[table]), sql`organization_id = ${part.tenancy.organizationId}`]
    : [sql.table(table), sql`profile_id = ${profilesOf(part)}`];
  return { from: sql`${from} d`, are };
}

const whole = {
  message_days: 'organization_days',
  response_days: 'organization_response_days',
  response_times: 'organization_response_times',
} as const;

const within = ({ from, to }: Range) => sql`d.day between ${from}::date and ${to}::date`;
const sums = (columns: readonly string[]) =>
  sql.join(columns.map((column) => sql`sum(${sql.ref(column)})::float8 as ${sql.ref(column)}`));

/** Sums of many days, of one direction and kind. */
export type KindRow = { direction: string; type: string } & Record<string, number | string>;
/** Sums of one day and direction. */
type HoursRow = { day: string; direction: string } & Record<string, number | string>;

/** Reads the counts. */
export function createStatisticsStore(db: Db) {
  return {
    async profiles({ tenancy }: Part): Promise<{ total: number; connected: number }> {
      const { rows } = await sql<{ total: number; connected: number }>`
        select count(*)::int as total, (count(*) filter (where status = 'connected'))::int as connected
        from profiles p where ${isProfileOf(tenancy, 'p')}`.execute(db);
      return rows[0] ?? { total: 0, connected: 0 };
    },

    async messageTotals(part: Part, today: string): Promise<{ total: number; today: number }> {
      const days = rowsOf(part, 'message_days');
      const { rows } = await sql<{ total: number; today: number }>`
        select (select coalesce(sum(incoming + outgoing), 0)::float8 from message_totals
            where profile_id = ${profilesOf(part)}) as total,
          (select coalesce(sum(n), 0)::float8 from ${days.from} where ${days.are} and day = ${today}::date) as today`.execute(
        db,
      );
      return rows[0] ?? { total: 0, today: 0 };
    },

    async messages(part: Part, range: Range): Promise<KindRow[]> {
      const { from, are } = rowsOf(part, 'message_days');
      const { rows } = await sql<KindRow>`
        select direction, type, ${sums([...levels, ...hourColumns])} from ${from}
        where ${are} and ${within(range)} group by direction, type`.execute(db);
      return rows;
    },

    /** How many came in and went out, each day that has any. */
    async days(part: Part, range: Range): Promise<{ day: string; incoming: number; outgoing: number }[]> {
      const { from, are } = rowsOf(part, 'message_days');
      const { rows } = await sql<{ day: string; incoming: number; outgoing: number }>`
        select d.day::text as day, coalesce(sum(n) filter (where direction = 'incoming'), 0)::float8 as incoming,
          coalesce(sum(n) filter (where direction <> 'incoming'), 0)::float8 as outgoing
        from ${from} where ${are} and ${within(range)} group by d.day`.execute(db);
      return rows;
    },

    /** The same of each of some profiles by itself. */
    async daysOf(profileIds: readonly string[], range: Range) {
      const { rows } = await sql<{ profile_id: string; day: string; incoming: number; outgoing: number }>`
        select profile_id, d.day::text as day,
          coalesce(sum(n) filter (where direction = 'incoming'), 0)::float8 as incoming,
          coalesce(sum(n) filter (where direction <> 'incoming'), 0)::float8 as outgoing
        from message_days d where profile_id = any(${[...profileIds]}::uuid[]) and ${within(range)}
        group by profile_id, d.day`.execute(db);
      return rows;
    },

    /** The same by the hours of the day, each direction by itself. */
    async hours(part: Part, range: Range): Promise<HoursRow[]> {
      const { from, are } = rowsOf(part, 'message_days');
      const { rows } = await sql<HoursRow>`
        select d.day::text as day, direction, ${sums(hourColumns)} from ${from}
        where ${are} and ${within(range)} group by d.day, direction`.execute(db);
      return rows;
    },

    async contactTotal(part: Part): Promise<number> {
      const { rows } = await sql<{ total: number }>`
        select coalesce(sum(total), 0)::int as total from (
          select total from contact_totals where profile_id = ${profilesOf(part)}
          union all select total from contact_changes where profile_id = ${profilesOf(part)} and tag is null
        ) as people`.execute(db);
      return rows[0]?.total ?? 0;
    },

    /** With what has changed and is not added up yet: in one statement, so that nothing counts twice or not at all. */
    async contacts(part: Part, activeSince: Date) {
      const { rows } = await sql<{
        total: number;
        with_tags: number;
        active: number;
        tags: { tag: string; count: number }[] | null;
      }>`
        with mine as materialized (
          select p.id from profiles p where ${isProfileOf(part.tenancy, 'p')}
            ${part.profileId ? sql`and p.id = ${part.profileId}` : sql``}
        ), people as (
          select total, with_tags from contact_totals where profile_id = any(array(select id from mine))
          union all select total, with_tags from contact_changes
          where profile_id = any(array(select id from mine)) and tag is null
        ), tagged as (
          select tag, n from contact_tags where profile_id = any(array(select id from mine))
          union all select tag, total from contact_changes
          where profile_id = any(array(select id from mine)) and tag is not null
        ), top as (
          select tag, sum(n)::int as count from tagged group by tag having sum(n) > 0
          order by sum(n) desc, tag limit ${topTagsMax}
        )
        select coalesce(sum(total), 0)::int as total, coalesce(sum(with_tags), 0)::int as with_tags,
          (select count(*)::int from mine cross join lateral (
            select from conversations c where c.profile_id = mine.id and c.last_message_at >= ${activeSince}
              and c.type = 'user' and c.contact_id is not null
          ) c) as active,
          (select json_agg(top) from top) as tags
        from people`.execute(db);
      return rows[0] ?? { total: 0, with_tags: 0, active: 0, tags: null };
    },

    /** Contacts that came and went: of whole days, and of moments that are not added up yet. */
    async contactDays(part: Part, range: Range) {
      const { rows } = await sql<{ day: string | null; at: Date | null; added: number; removed: number }>`
        select d.day::text as day, null::timestamptz as at, sum(added)::int as added, sum(removed)::int as removed
        from contact_days d where profile_id = ${profilesOf(part)} and ${within(range)} group by d.day
        union all
        select null, date_bin('15 minutes', at, '2000-01-01Z'), sum(added)::int, sum(removed)::int
        from contact_changes where profile_id = ${profilesOf(part)} and tag is null group by 2`.execute(db);
      return rows;
    },

    async responses(part: Part, range: Range, by: AnsweredBy) {
      const [ofDays, ofTimes] = [rowsOf(part, 'response_days'), rowsOf(part, 'response_times')];
      const asked = sql`answered_by = ${by} and ${within(range)}`;
      const [hours, times, awaiting] = await Promise.all([
        sql<{ hour: number; n: number; sum_ms: number }>`
          select hour, sum(n)::float8 as n, sum(sum_ms)::float8 as sum_ms from ${ofDays.from}
          where ${ofDays.are} and ${asked} group by hour`.execute(db),
        sql<{ bucket: number; n: number }>`
          select bucket, sum(n)::float8 as n from ${ofTimes.from} where ${ofTimes.are} and ${asked} group by bucket`.execute(
          db,
        ),
        sql<{
          n: number;
        }>`select count(*)::int as n
          from awaiting a join conversations c on c.id = a.conversation_id
          where a.profile_id = ${profilesOf(part)}`.execute(db),
      ]);
      return { hours: hours.rows, times: times.rows, awaiting: awaiting.rows[0]?.n ?? 0 };
    },
  };
}

export type StatisticsStore = ReturnType<typeof createStatisticsStore>;
