import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../platform/db/transaction.ts';
import { isProfileOf, type Tenancy } from '../../platform/tenancy.ts';
import type { ProfileRow } from './profiles.store.ts';
import type { ProfileHistoryTable } from './profiles.tables.ts';

/** A profile with what a list shows beside its row. */
export interface ProfileSeen extends ProfileRow {
  workspace: Record<string, unknown> | null;
  /** Counted up to {@link countedMax}, as `queued`. */
  message_count: number;
  queued: number;
  node_id: string | null;
  today: { sent: number; failed: number; received: number };
  history: Pick<ProfileHistoryTable, 'state' | 'percent' | 'messages' | 'conversations'> | null;
}

export interface ProfileFilter {
  workspaceId?: string | undefined;
  accountId?: string | undefined;
  statuses?: readonly string[] | undefined;
  engine?: string | undefined;
  nodeId?: string | undefined;
  label?: string | undefined;
  /** A part of the name, the number or the name at WhatsApp. */
  search?: string | undefined;
}

/** What a list can be ordered by; ties are broken by the id, in the same direction. */
const sortColumns = {
  createdAt: sql.ref('profiles.created_at'),
  statusSince: sql.ref('profiles.status_since'),
  name: sql`lower(profiles.display_name)`,
  status: sql.ref('profiles.status'),
} as const;
export type SortColumn = keyof typeof sortColumns;
export const isMoment = (column: SortColumn) => column === 'createdAt' || column === 'statusSince';

export interface ProfileOrder {
  by: SortColumn;
  isDown: boolean;
}

/** The last profile of the page before: what orders it, and its id. */
export interface ProfileEdge {
  key: string;
  id: string;
}

/** A list counts the messages of one profile up to this number. */
const countedMax = 1000;

/** Profiles as clients see them. Every read takes the tenancy. */
export function createSeenStore(db: Db) {
  const seen = (tenancy: Tenancy, now: Date) =>
    db
      .selectFrom('profiles')
      .selectAll('profiles')
      .select((eb) => [
        eb
          .selectFrom('workspaces')
          .whereRef('workspaces.id', '=', 'profiles.workspace_id')
          .select(
            sql<Record<string, unknown>>`jsonb_build_object('id', workspaces.id, 'name', workspaces.name,
              'slug', workspaces.slug, 'organizationId', workspaces.organization_id)`.as('workspace'),
          )
          .as('workspace'),
        eb
          .selectFrom('profile_history as h')
          .whereRef('h.profile_id', '=', 'profiles.id')
          .select(
            sql<ProfileHistoryTable>`jsonb_build_object('state', h.state, 'percent', h.percent,
              'messages', h.messages, 'conversations', h.conversations)`.as('history'),
          )
          .as('history'),
        counted(sql`messages`).as('message_count'),
        counted(sql`outbox`).as('queued'),
        nodeOf.as('node_id'),
        todayOf(tenancy, now).as('today'),
      ])
      .where(isProfileOf(tenancy));

  return {
    async list(
      tenancy: Tenancy,
      filter: ProfileFilter,
      page: {
        order: ProfileOrder;
        after?: ProfileEdge | undefined;
        limit: number;
        offset: number;
        now: Date;
      },
    ): Promise<(ProfileSeen & { sort_key: string })[]> {
      const { order, after } = page;
      const column = sortColumns[order.by];
      const direction = order.isDown ? 'desc' : 'asc';
      // A moment keeps its microseconds as text.
      let query = seen(tenancy, page.now)
        .select(
          sql<string>`(${isMoment(order.by) ? sql`${column} at time zone 'UTC'` : column})::text`.as(
            'sort_key',
          ),
        )
        .where(fits(filter));
      if (after) {
        const sign = order.isDown ? sql`<` : sql`>`;
        const key = isMoment(order.by)
          ? sql`${after.key}::timestamp at time zone 'UTC'`
          : sql`${after.key}::text`;
        query = query.where(sql<boolean>`(${column}, profiles.id) ${sign} (${key}, ${after.id}::uuid)`);
      }
      return (await query
        .orderBy(column, direction)
        .orderBy('profiles.id', direction)
        .limit(page.limit)
        .offset(page.offset)
        .execute()) as unknown as (ProfileSeen & { sort_key: string })[];
    },

    async get(tenancy: Tenancy, id: string, now: Date): Promise<ProfileSeen | undefined> {
      return (await seen(tenancy, now).where('profiles.id', '=', id).executeTakeFirst()) as
        | ProfileSeen
        | undefined;
    },

    /** A query of the ids of all that match, or of those among these. */
    chosen(
      tenancy: Tenancy,
      which: { filter: ProfileFilter } | { ids: readonly string[] },
    ): RawBuilder<unknown> {
      const isChosen =
        'ids' in which ? sql`profiles.id = any(${[...which.ids]}::uuid[])` : fits(which.filter);
      return sql`select profiles.id from profiles where ${isProfileOf(tenancy)} and ${isChosen}`;
    },

    /** How many profiles there are of each status, reason, engine, node and label. */
    async counts(tenancy: Tenancy, filter: ProfileFilter) {
      const of = sql`from profiles where ${isProfileOf(tenancy)} and ${fits(filter)}`;
      const { rows } = await sql<{ what: string; name: string | null; also: string | null; n: number }>`
        with of as materialized (select id, status, status_reason, engine, labels ${of})
        select 'status' as what, status as name, status_reason as also, count(*)::int as n from of
          group by status, status_reason
        union all select 'engine', engine, null, count(*)::int from of group by engine
        union all select 'node', l.node_id, null, count(*)::int from of
          join profile_leases l on l.profile_id = of.id and l.expires_at > now() group by l.node_id
        union all (select 'label', label, null, count(*)::int as n from of, unnest(labels) label
          group by label order by n desc, label limit 200)`.execute(db);
      return rows;
    },

    /** Statuses that a profile has had, the newest first. */
    async states(profileId: string, page: { before?: string | undefined; limit: number }) {
      return db
        .selectFrom('profile_states')
        .selectAll()
        .where('profile_id', '=', profileId)
        .$if(page.before !== undefined, (query) => query.where('id', '<', page.before ?? ''))
        .orderBy('id', 'desc')
        .limit(page.limit)
        .execute();
    },

    async purgeStates(before: Date): Promise<void> {
      await db.deleteFrom('profile_states').where('at', '<', before).execute();
    },
  };
}
export type SeenStore = ReturnType<typeof createSeenStore>;

const counted = (table: RawBuilder<unknown>) =>
  sql<number>`(select count(*) from
    (select 1 from ${table} one where one.profile_id = profiles.id limit ${countedMax}) counted)`;

const nodeOf = sql<string | null>`(select l.node_id from profile_leases l
  where l.profile_id = profiles.id and l.expires_at > now())`;

/** What statistics have counted so far of the organisation's day. */
const todayOf = ({ organizationId }: Tenancy, now: Date) =>
  sql<ProfileSeen['today']>`(select jsonb_build_object(
      'sent', coalesce(sum(d.sent) filter (where d.direction = 'outgoing'), 0),
      'failed', coalesce(sum(d.failed), 0),
      'received', coalesce(sum(d.n) filter (where d.direction = 'incoming'), 0))
    from message_days d where d.profile_id = profiles.id and d.day = (
      select ((midnight_after(${now}, o.settings ->> 'timeZone') at time zone coalesce(o.settings ->> 'timeZone', 'UTC'))
        - interval '1 day')::date from organizations o where o.id = ${organizationId}))`;

function fits(filter: ProfileFilter): RawBuilder<boolean> {
  const { workspaceId, accountId, statuses, engine, nodeId, label, search } = filter;
  const like = search && `%${search.replace(/[\\%_]/g, '\\$&')}%`;
  const parts = [
    workspaceId && sql`profiles.workspace_id = ${workspaceId}`,
    accountId && sql`profiles.account_id = ${accountId}`,
    statuses && sql`profiles.status = any(${statuses}::text[])`,
    engine && sql`profiles.engine = ${engine}`,
    nodeId && sql`${nodeOf} = ${nodeId}`,
    label && sql`${label} = any(profiles.labels)`,
    like &&
      sql`(profiles.display_name ilike ${like} or profiles.phone_number ilike ${like} or profiles.push_name ilike ${like})`,
  ].filter((part) => typeof part === 'object');
  return parts.length === 0 ? sql`true` : sql`(${sql.join(parts, sql` and `)})`;
}
