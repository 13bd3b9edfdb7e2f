import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import type { Edge } from '../../platform/slice.ts';
import { isProfileOf, isRowOf, type Tenancy } from '../../platform/tenancy.ts';
import type { ConversationRow, ConversationStatus } from './conversations.tables.ts';
import type { presentLabel } from './inbox/labels.store.ts';
import { foundBy } from './names.sql.ts';
import { isOneOf } from './one-of.sql.ts';

export interface ConversationFilter {
  /** Absent: every profile. */
  profileIds?: readonly string[] | undefined;
  type?: string | undefined;
  archived?: boolean | undefined;
  unread?: boolean | undefined;
  pinned?: boolean | undefined;
  /** The id of a member; null: nobody. */
  assignedTo?: string | null | undefined;
  label?: string | undefined;
  status?: ConversationStatus | undefined;
  /** Part of a name or of a number. */
  search?: string | undefined;
}

/** A part of the list. Pinned ones come first or where their time puts them; `isPinned` says where the page before ended. */
export interface ConversationSlice {
  limit: number;
  offset: number;
  pinnedFirst: boolean;
  after?: (Edge<Date | null> & { isPinned: boolean }) | undefined;
}

export type LabelView = ReturnType<typeof presentLabel>;

export interface Listed extends ConversationRow {
  last_message: Record<string, unknown> | null;
  contact_name: string | null;
  contact_phone: string | null;
  /** The file of the picture of its person or group, where it was seen. */
  picture_media_id: string | null;
  labels: LabelView[];
}

/** One whose messages are being deleted, to go itself, is not there any more. */
const isThere = sql<SqlBool>`not (conversations.unreached and conversations.message_count = 0)`;

const labelsOf = (id: string) => sql`(
  select coalesce(jsonb_agg(jsonb_build_object('id', l.id, 'name', l.name, 'color', l.color, 'profileId', l.profile_id,
    'source', case when l.profile_id is null then 'multiwa' else 'whatsapp' end) order by l.name, l.id), '[]'::jsonb)
  from conversation_labels cl join labels l on l.id = cl.label_id
  where cl.conversation_id = ${sql.ref(id)} and l.name <> '')`;

/** Of a group its own, else that of the person, joined as `k`. */
const pictureOf = (c: string) => sql`case when ${sql.ref(`${c}.type`)} = 'group'
  then (select g.picture_media_id from groups g where g.profile_id = ${sql.ref(`${c}.profile_id`)}
    and g.chat = ${sql.ref(`${c}.chat`)}) else k.picture_media_id end`;

/** Of those that a search finds. */
const countedMax = 1_000;

/** The only SQL that reads conversations for clients. */
export function createConversationStore(db: Db) {
  function filtered(
    filter: ConversationFilter,
    search: RawBuilder<SqlBool> | undefined,
  ): RawBuilder<SqlBool>[] {
    const conditions: RawBuilder<SqlBool>[] = [sql<SqlBool>`not c.unreached`];
    const add = (condition: RawBuilder<SqlBool>) => conditions.push(condition);
    if (filter.profileIds) add(isOneOf('c.profile_id', filter.profileIds));
    // Channels are not among the chats, as on phones: their posts are not written to us.
    add(filter.type ? sql<SqlBool>`c.type = ${filter.type}` : sql<SqlBool>`c.type <> 'newsletter'`);
    if (filter.archived !== undefined) add(filter.archived ? sql`c.is_archived` : sql`not c.is_archived`);
    if (filter.pinned !== undefined) add(filter.pinned ? sql`c.is_pinned` : sql`not c.is_pinned`);
    const isUnread = sql<SqlBool>`(c.unread_count > 0 or c.is_marked_unread)`;
    if (filter.unread !== undefined) add(filter.unread ? isUnread : sql`not ${isUnread}`);
    if (filter.assignedTo === null) add(sql`c.assigned_user_id is null`);
    else if (filter.assignedTo !== undefined) add(sql`c.assigned_user_id = ${filter.assignedTo}`);
    if (filter.status === 'open') add(sql`c.status = 'open'`);
    else if (filter.status) add(sql`(c.status <> 'open' and c.status = ${filter.status})`);
    if (filter.label) {
      add(sql`c.id in (select conversation_id from conversation_labels where label_id = ${filter.label})`);
    }
    if (search) add(search);
    return conditions;
  }

  /** Conversations of one profile behind `after`, along the index that holds them in this order. */
  function partOfProfile(
    conditions: RawBuilder<unknown>[],
    after: Edge<Date | null> | undefined,
    rowsMax: number,
  ) {
    const part = (more: RawBuilder<unknown>) => sql`(
      select c.* from conversations c
      where c.profile_id = p.id and ${sql.join([...conditions, more], sql` and `)}
      order by c.last_message_at desc nulls last, c.id desc limit ${rowsMax})`;
    if (!after) return part(sql`true`);
    const silent = sql`c.last_message_at is null`;
    if (!after.at) return part(sql`${silent} and c.id < ${after.id}`);
    return sql`${part(sql`(c.last_message_at, c.id) < (${after.at}, ${after.id})`)} union all ${part(silent)}`;
  }

  function pageOfProfile(conditions: RawBuilder<unknown>[], page: ConversationSlice) {
    const { after, pinnedFirst } = page;
    const rowsMax = page.limit + page.offset;
    if (!pinnedFirst) return partOfProfile(conditions, after, rowsMax);
    const rest = [...conditions, sql`not c.is_pinned`];
    if (after && !after.isPinned) return partOfProfile(rest, after, rowsMax);
    const pinned = partOfProfile([...conditions, sql`c.is_pinned`], after, rowsMax);
    return sql`${pinned} union all ${partOfProfile(rest, undefined, rowsMax)}`;
  }

  const searched = (tenancy: Tenancy, { search }: ConversationFilter) =>
    search?.trim() ? foundBy(db, tenancy, search) : undefined;

  return {
    /** Newest first, those without any message last; one page costs one query. */
    async list(tenancy: Tenancy, filter: ConversationFilter, page: ConversationSlice): Promise<Listed[]> {
      const profile = filter.profileIds ? sql`and ${isOneOf('p.id', filter.profileIds)}` : sql``;
      const order = (c: string) => sql`${page.pinnedFirst ? sql`${sql.ref(`${c}.is_pinned`)} desc,` : sql``}
        ${sql.ref(`${c}.last_message_at`)} desc nulls last, ${sql.ref(`${c}.id`)} desc`;
      const conditions = filtered(filter, await searched(tenancy, filter));
      const rows = await sql<Listed>`
        with page as materialized (
          select c.* from profiles p, lateral (${pageOfProfile(conditions, page)}) c
          where ${isProfileOf(tenancy, 'p')} ${profile}
          order by ${order('c')}
          limit ${page.limit} offset ${page.offset}
        )
        select c.*, coalesce(k.name, k.whatsapp_name) as contact_name, k.phone as contact_phone,
          ${pictureOf('c')} as picture_media_id,
          (select to_jsonb(m) from messages m where m.conversation_id = c.id
            order by m.timestamp desc, m.seq desc limit 1) as last_message,
          ${labelsOf('c.id')} as labels
        from page c left join contacts k on k.id = c.contact_id
        order by ${order('c')}`.execute(db);
      return rows.rows;
    },

    /** Those of a search up to {@link countedMax} only: what is in all names would have all of them read. */
    async count(tenancy: Tenancy, filter: ConversationFilter): Promise<number> {
      const search = await searched(tenancy, filter);
      const conditions = sql.join([isRowOf(tenancy, 'c'), ...filtered(filter, search)], sql` and `);
      const rows = await sql<{ total: number }>`select count(*) as total from (
        select from conversations c where ${conditions} ${search ? sql`limit ${countedMax}` : sql``}) c`.execute(
        db,
      );
      return rows.rows[0]?.total ?? 0;
    },

    /** A query of the ids of all that match, or of those among these. */
    async chosen(
      tenancy: Tenancy,
      which: { filter: ConversationFilter } | { ids: readonly string[] },
    ): Promise<RawBuilder<unknown>> {
      const own = isRowOf(tenancy, 'c');
      if ('ids' in which) {
        return sql`select c.id from conversations c where ${own} and not c.unreached and c.id = any(${[...which.ids]}::uuid[])`;
      }
      const { filter } = which;
      const conditions = [own, ...filtered(filter, await searched(tenancy, filter))];
      return sql`select c.id from conversations c where ${sql.join(conditions, sql` and `)}`;
    },

    async find(tenancy: Tenancy, id: string, tx: Db | Tx = db): Promise<ConversationRow | undefined> {
      return tx
        .selectFrom('conversations')
        .selectAll()
        .where(isRowOf(tenancy, 'conversations'))
        .where(isThere)
        .where('id', '=', id)
        .executeTakeFirst();
    },

    /** What one shows besides its row. */
    async shownWith(id: string): Promise<Pick<Listed, 'labels' | 'picture_media_id'>> {
      const { rows } = await sql<Pick<Listed, 'labels' | 'picture_media_id'>>`
        select ${labelsOf('c.id')} as labels, ${pictureOf('c')} as picture_media_id
        from conversations c left join contacts k on k.id = c.contact_id where c.id = ${id}`.execute(db);
      return rows[0] ?? { labels: [], picture_media_id: null };
    },

    async contactOf(row: ConversationRow) {
      if (!row.contact_id) return undefined;
      return db.selectFrom('contacts').selectAll().where('id', '=', row.contact_id).executeTakeFirst();
    },
  };
}

export type ConversationStore = ReturnType<typeof createConversationStore>;

/** Whether a conversation is one of the tenancy. */
export async function knowsConversation(db: Db, tenancy: Tenancy, id: string): Promise<boolean> {
  const row = await db
    .selectFrom('conversations')
    .select('id')
    .where(isRowOf(tenancy, 'conversations'))
    .where(isThere)
    .where('id', '=', id)
    .executeTakeFirst();
  return row !== undefined;
}

/** Conversations of messages that the caller may see. */
export function conversationsById(db: Db | Tx, ids: readonly string[]): Promise<ConversationRow[]> {
  return db
    .selectFrom('conversations')
    .selectAll()
    .where('id', 'in', [...ids])
    .execute();
}
