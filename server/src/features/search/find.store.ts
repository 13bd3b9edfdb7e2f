import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { alongTrigrams } from '../../platform/db/along-trigrams.sql.ts';
import { hasTrigram } from '../../platform/db/folded.sql.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { Edge } from '../../platform/slice.ts';
import { containing, numbersOf } from './terms.ts';

/** Where to look. Whoever asks has checked that the caller may read all of it. */
export type Scope = { organizationId: string } & (
  | { in: 'organization' }
  | { in: 'profiles'; ids: readonly string[] }
  | { in: 'conversation'; id: string }
);
/** Which messages of the scope; what is absent does not matter. */
export interface MessageFilter {
  /** A chat id as messages have it. */
  sender?: string | undefined;
  type?: string | undefined;
  direction?: string | undefined;
  from?: Date | undefined;
  /** This moment not included. */
  to?: Date | undefined;
}
/** A message that was found. */
export interface Found {
  message_id: string;
  at: Date;
}
/** What a window over the newest messages shows. */
interface Window {
  found: Found[];
  /** Where it ends; undefined when there is nothing behind it. */
  edge: Edge | undefined;
}

/** Of more hits than these, nobody can tell which are the newest without sorting them all. */
const hitsMax = 5_000;
/** Where the words begin behind the one of the organisation. */
const wordsBegin = 5;
const newestFirst = sql`order by w.at desc, w.message_id desc`;
const all = (parts: readonly RawBuilder<unknown>[]) => sql.join([...parts], sql` and `);
const contains = (term: string) => sql<SqlBool>`strpos(substr(w.words, ${wordsBegin}), ${term}) > 0`;

/** What only the message itself tells. */
function ofMessage({ sender, type, direction }: MessageFilter): RawBuilder<unknown> {
  if (!sender && !type && !direction) return sql``;
  return sql`join messages m on m.id = w.message_id
    ${sender ? sql`and m.sender = ${sender}` : sql``}
    ${type ? sql`and m.type = ${type}` : sql``}
    ${direction ? sql`and m.direction = ${direction}` : sql``}`;
}

const moments = ({ from, to }: MessageFilter, after: Edge | undefined): RawBuilder<SqlBool>[] => [
  ...(from ? [sql<SqlBool>`w.at >= ${from}`] : []),
  ...(to ? [sql<SqlBool>`w.at < ${to}`] : []),
  ...(after ? [sql<SqlBool>`(w.at, w.message_id) < (${after.at}, ${after.id})`] : []),
];

/** The newest rows of a scope that meet the conditions, along the index that has the scope in this order. */
function newest(
  scope: Scope,
  join: RawBuilder<unknown>,
  conditions: readonly RawBuilder<SqlBool>[],
  limit: RawBuilder<unknown>,
): RawBuilder<unknown> {
  const select = (whose: RawBuilder<unknown>) => sql`
    select w.message_id, w.at from message_words w ${join}
    where ${all([whose, ...conditions])} ${newestFirst} ${limit}`;
  if (scope.in === 'conversation') return select(sql`w.conversation_id = ${scope.id}`);
  if (scope.in === 'organization') return select(sql`w.organization_id = ${scope.organizationId}`);
  return sql`select w.* from unnest(${scope.ids}::uuid[]) as p (id),
    lateral (${select(sql`w.profile_id = p.id`)}) as w`;
}

/** SQL that is true for words of the scope. */
function isIn(scope: Scope): RawBuilder<SqlBool> {
  const own = sql<SqlBool>`w.organization_id = ${scope.organizationId}`;
  if (scope.in === 'conversation') return sql`(${own} and w.conversation_id = ${scope.id})`;
  return scope.in === 'profiles' ? sql`(${own} and w.profile_id = any(${scope.ids}::uuid[]))` : own;
}

/** Finds messages by their words. With `msMax` it waits so long for the index, instead of the usual time. */
export function createFindStore(db: Db, { msMax }: { msMax?: number } = {}) {
  return {
    /** The newest messages behind `after`, some `rows` of them, without any index of words: which contain the terms. */
    async inWindow(
      scope: Scope,
      filter: MessageFilter,
      terms: readonly string[],
      page: { after: Edge | undefined; rows: number; limit: number },
    ): Promise<Window> {
      const range = moments(filter, page.after);
      // Of several profiles each shows its part, and the window ends where the first part does.
      const parts = scope.in === 'profiles' ? Math.max(1, scope.ids.length) : 1;
      const last = sql`offset ${Math.max(10, Math.ceil(page.rows / parts)) - 1} limit 1`;
      const within = sql<SqlBool>`(w.at, w.message_id) >= (
        coalesce((select at from edge), '-infinity'),
        coalesce((select message_id from edge), '00000000-0000-0000-0000-000000000000'))`;
      const conditions = [...range, within, ...terms.map(contains)];
      const { rows } = await sql<{
        edge_at: Date | null;
        edge_id: string;
        at: Date;
        message_id: string | null;
      }>`
        with edge as materialized (
          select * from (${newest(scope, sql``, range, last)}) w ${newestFirst} limit 1
        ), found as (
          select * from (${newest(scope, ofMessage(filter), conditions, sql`limit ${page.limit}`)}) w
          ${newestFirst} limit ${page.limit}
        )
        select e.at as edge_at, e.message_id as edge_id, w.message_id, w.at
        from (values (1)) as one left join edge e on true left join found w on true ${newestFirst}`.execute(
        db,
      );
      const [first] = rows;
      return {
        found: rows.flatMap(({ message_id, at }) => (message_id ? [{ message_id, at }] : [])),
        edge: first?.edge_at ? { at: first.edge_at, id: first.edge_id } : undefined,
      };
    },

    /** All messages behind `after`, along the index of words; undefined when too many contain the terms. */
    async byTrigrams(
      scope: Scope,
      filter: MessageFilter,
      terms: readonly string[],
      page: { after: Edge | undefined; limit: number },
    ): Promise<Found[] | undefined> {
      const numbers = numbersOf(terms).map((number) => sql<SqlBool>`words like ${containing(number)}`);
      if (numbers.length > 0) {
        const found = await along(scope, filter, { like: numbers, others: terms.map(contains) }, page);
        if (found) return found;
      }
      const own = `${scope.organizationId.slice(-3)} `;
      const like = terms.filter(hasTrigram).map((term) => sql<SqlBool>`words like ${own + containing(term)}`);
      const others = terms.filter((term) => !hasTrigram(term)).map(contains);
      return along(scope, filter, { like, others }, page);
    },
  };

  /** Those that meet all conditions, by what `like` finds in the index; undefined when that is too many. */
  async function along(
    scope: Scope,
    filter: MessageFilter,
    { like, others }: Record<'like' | 'others', RawBuilder<SqlBool>[]>,
    page: { after: Edge | undefined; limit: number },
  ): Promise<Found[] | undefined> {
    // Thousands of long texts would not stay in memory.
    const words = others.length > 0 ? sql`words` : sql`null as words`;
    const conditions = all([isIn(scope), ...moments(filter, page.after), ...others]);
    const rows = await alongTrigrams(
      db,
      async (tx) => {
        const answer = await sql<{ hits: number; message_id: string | null; at: Date }>`
        with hit as materialized (
          select message_id, organization_id, profile_id, conversation_id, at, ${words}
          from message_words where ${all(like)} limit ${hitsMax}
        ), found as (
          select w.message_id, w.at from hit w ${ofMessage(filter)} where ${conditions}
          ${newestFirst} limit ${page.limit}
        )
        select (select count(*) from hit)::int as hits, w.message_id, w.at
        from (values (1)) as one left join found w on true ${newestFirst}`.execute(tx);
        return answer.rows;
      },
      msMax,
    );
    if (!rows || rows.some(({ hits }) => hits >= hitsMax)) return undefined;
    return rows.flatMap(({ message_id, at }) => (message_id ? [{ message_id, at }] : []));
  }
}

export type FindStore = ReturnType<typeof createFindStore>;
