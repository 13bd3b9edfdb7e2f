import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import type { Edge, Slice } from '../../platform/slice.ts';
import { isProfileOf, isRowOf, type Tenancy } from '../../platform/tenancy.ts';
import type { ConversationRow } from './resolve.store.ts';

export interface ConversationFilter {
  profileId?: string | undefined;
  type?: string | undefined;
  archived?: boolean | undefined;
}

export interface Listed extends ConversationRow {
  last_message: Record<string, unknown> | null;
  contact_name: string | null;
  contact_phone: string | null;
}

/** The only SQL that reads conversations for clients. */
export function createConversationStore(db: Db) {
  const filtered = (filter: ConversationFilter) => {
    const conditions: RawBuilder<SqlBool>[] = [sql<SqlBool>`not c.unreached`];
    if (filter.profileId) conditions.push(sql<SqlBool>`c.profile_id = ${filter.profileId}`);
    // Channels are not among the chats, as on phones: their posts are not written to us.
    conditions.push(
      filter.type ? sql<SqlBool>`c.type = ${filter.type}` : sql<SqlBool>`c.type <> 'newsletter'`,
    );
    if (filter.archived !== undefined) conditions.push(sql<SqlBool>`c.is_archived = ${filter.archived}`);
    return conditions;
  };

  /** The first conversations of one profile behind `after`, along the index that holds them in this order. */
  function pageOfProfile(
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

  return {
    /** Newest first, those without any message last; one page costs one query. */
    async list(tenancy: Tenancy, filter: ConversationFilter, page: Slice<Date | null>): Promise<Listed[]> {
      const conditions = filtered(filter);
      const profile = filter.profileId ? sql`and p.id = ${filter.profileId}` : sql``;
      const rows = await sql<Listed>`
        with page as materialized (
          select c.* from profiles p,
            lateral (${pageOfProfile(conditions, page.after, page.limit + page.offset)}) c
          where ${isProfileOf(tenancy, 'p')} ${profile}
          order by c.last_message_at desc nulls last, c.id desc
          limit ${page.limit} offset ${page.offset}
        )
        select c.*, coalesce(k.name, k.whatsapp_name) as contact_name, k.phone as contact_phone,
          (select to_jsonb(m) from messages m where m.conversation_id = c.id
            order by m.timestamp desc, m.seq desc limit 1) as last_message
        from page c left join contacts k on k.id = c.contact_id
        order by c.last_message_at desc nulls last, c.id desc`.execute(db);
      return rows.rows;
    },

    async count(tenancy: Tenancy, filter: ConversationFilter): Promise<number> {
      const rows = await sql<{ total: number }>`select count(*) as total from conversations c
        where ${sql.join([isRowOf(tenancy, 'c'), ...filtered(filter)], sql` and `)}`.execute(db);
      return rows.rows[0]?.total ?? 0;
    },

    async find(tenancy: Tenancy, id: string, tx: Db | Tx = db): Promise<ConversationRow | undefined> {
      return tx
        .selectFrom('conversations')
        .selectAll()
        .where(isRowOf(tenancy, 'conversations'))
        .where('id', '=', id)
        .executeTakeFirst();
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
    .where('id', '=', id)
    .executeTakeFirst();
  return row !== undefined;
}

/** Conversations of messages that the caller may see. */
export function conversationsById(db: Db, ids: readonly string[]): Promise<ConversationRow[]> {
  return db
    .selectFrom('conversations')
    .selectAll()
    .where('id', 'in', [...ids])
    .execute();
}
