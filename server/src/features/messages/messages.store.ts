import { type Insertable, sql } from 'kysely';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import { isUuid } from '../../platform/ids.ts';
import { isProfileOf, isRowOf, type Tenancy } from '../../platform/tenancy.ts';
import type { MessageRow } from './messages.present.ts';
import type { MessagesTable } from './messages.tables.ts';

/** Part of a list of messages: at most one of the edges is given, each a message by either id. */
export interface Page {
  limit: number;
  before?: string | undefined;
  after?: string | undefined;
}

/** Whose messages. */
export interface Scope {
  profileId?: string;
  conversationId?: string;
  type?: string | undefined;
  direction?: string | undefined;
}

/** A message just stored, with what its conversation counts now. */
export type ArrivedRow = MessageRow & {
  unread_count: number;
  last_message_at: Date | null;
  /** Something done to it came before it. */
  is_awaited: boolean;
};

/** Messages for clients: every read takes the tenancy. What the outbox needs is in `outbox/`. */
export function createMessageStore(db: Db) {
  async function find(
    tx: Db | Tx,
    tenancy: Tenancy,
    id: string,
    { profileId, conversationId }: { profileId?: string | undefined; conversationId?: string | undefined },
  ): Promise<MessageRow | undefined> {
    let query = tx.selectFrom('messages').selectAll().where(isRowOf(tenancy, 'messages'));
    if (isUuid(id)) query = query.where('id', '=', id);
    else {
      query = query
        .where('wa_message_id', '=', id)
        .where('profile_id', 'in', (eb) =>
          eb.selectFrom('profiles').select('id').where(isProfileOf(tenancy)),
        );
    }
    if (profileId) query = query.where('profile_id', '=', profileId);
    if (conversationId) query = query.where('conversation_id', '=', conversationId);
    return query.orderBy('seq', 'desc').limit(1).executeTakeFirst();
  }

  /**
   * Keyset by (timestamp, seq), so that equal timestamps are neither skipped nor repeated: newest first, or after an edge
   * the oldest first. Undefined when the edge is no message of the scope.
   */
  async function list(
    tenancy: Tenancy,
    scope: Scope,
    page: Page & { offset?: number | undefined; withEdge?: boolean },
  ): Promise<MessageRow[] | undefined> {
    let query = db.selectFrom('messages').selectAll().where(isRowOf(tenancy, 'messages'));
    if (scope.profileId) query = query.where('profile_id', '=', scope.profileId);
    if (scope.conversationId) query = query.where('conversation_id', '=', scope.conversationId);
    if (scope.type) query = query.where('type', '=', scope.type);
    // Said of every other kind, or no kept plan goes along the index of those.
    if (scope.type && scope.type !== 'text') query = query.where(sql<boolean>`type <> 'text'`);
    if (scope.direction) query = query.where('direction', '=', scope.direction);
    const named = page.before ?? page.after;
    if (named) {
      const edge = await find(db, tenancy, named, scope);
      if (!edge) return undefined;
      const order = sql.raw(`${page.before ? '<' : '>'}${page.withEdge ? '=' : ''}`);
      query = query.where(sql<boolean>`(timestamp, seq) ${order} (${edge.timestamp}, ${edge.seq})`);
    }
    const direction = page.after && !page.before ? 'asc' : 'desc';
    return query
      .orderBy('timestamp', direction)
      .orderBy('seq', direction)
      .limit(page.limit)
      .offset(page.offset ?? 0)
      .execute();
  }

  return {
    find: (tenancy: Tenancy, id: string, profileId?: string, tx: Db | Tx = db) =>
      find(tx, tenancy, id, { profileId }),
    list,

    /** The messages that these of one profile quote, by WhatsApp's id, as far as they are known. */
    async quoted(
      profileId: string,
      ids: readonly string[],
    ): Promise<
      Pick<MessageRow, 'id' | 'wa_message_id' | 'sender' | 'direction' | 'type' | 'content' | 'revoked_at'>[]
    > {
      if (ids.length === 0) return [];
      return db
        .selectFrom('messages')
        .select(['id', 'wa_message_id', 'sender', 'direction', 'type', 'content', 'revoked_at'])
        .where('profile_id', '=', profileId)
        .where(sql<boolean>`wa_message_id = any(${[...ids]}::text[])`)
        .execute();
    },

    /**
     * Stores what arrived, in order, and in the same statement the conversations learn of it. Answers the rows that
     * were not there already, each with what its conversation counts after all of them. Conversations are locked by
     * id, as where messages are accepted, so that neither waits for the other in a circle.
     */
    async insertArrived(tx: Tx, rows: Insertable<MessagesTable>[]): Promise<ArrivedRow[]> {
      return tx
        .with('kept', (db) =>
          db
            .insertInto('messages')
            .values(rows)
            .onConflict((oc) => oc.doNothing())
            .returningAll(),
        )
        .with('news', (db) =>
          db
            .selectFrom('kept')
            .select((eb) => [
              'conversation_id',
              eb.fn.countAll().as('stored'),
              eb.fn.countAll().filterWhere('status', '=', 'received').as('unread'),
              eb.fn.max('timestamp').as('last_at'),
              eb.fn.max('updated_at').as('changed_at'),
            ])
            .groupBy('conversation_id'),
        )
        .with('locked', (db) =>
          db
            .selectFrom('conversations')
            .select('id')
            .where('id', 'in', (eb) => eb.selectFrom('news').select('conversation_id'))
            .orderBy('id')
            .forNoKeyUpdate(),
        )
        .with('touched', (db) =>
          db
            .updateTable('conversations as c')
            .from('news')
            .innerJoin('locked', 'locked.id', 'news.conversation_id')
            .set((eb) => ({
              message_count: sql`${eb.ref('c.message_count')} + ${eb.ref('news.stored')}`,
              unread_count: sql`${eb.ref('c.unread_count')} + ${eb.ref('news.unread')}`,
              last_message_at: eb.fn('greatest', ['c.last_message_at', 'news.last_at']),
              updated_at: eb.ref('news.changed_at'),
            }))
            .whereRef('c.id', '=', 'news.conversation_id')
            .returning(['c.id as touched_id', 'c.unread_count', 'c.last_message_at']),
        )
        .selectFrom('kept')
        .innerJoin('touched', 'touched.touched_id', 'kept.conversation_id')
        .selectAll('kept')
        .select(['touched.unread_count', 'touched.last_message_at'])
        .select((eb) =>
          eb
            .exists(
              eb
                .selectFrom('message_changes as w')
                .select(sql`1`.as('one'))
                .whereRef('w.conversation_id', '=', 'kept.conversation_id')
                .whereRef('w.target_id', '=', 'kept.wa_message_id'),
            )
            .as('is_awaited'),
        )
        .orderBy('kept.seq')
        .execute() as Promise<ArrivedRow[]>;
    },

    /**
     * What came in becomes read and waits for its receipt to go out, unless the senders know: all of it, those of these
     * ids or those up to a moment. Statuses of what we sent are not ours to touch. The conversation must be locked.
     */
    async markRead(
      tx: Tx,
      conversationId: string,
      now: Date,
      { ids, upTo, isTold }: { ids?: readonly string[]; upTo?: Date; isTold?: boolean } = {},
    ): Promise<Pick<MessageRow, 'id' | 'wa_message_id'>[]> {
      let update = tx
        .updateTable('messages')
        .set({ status: 'read', receipt_due: isTold ? false : sql`type <> 'call'`, updated_at: now })
        .where('conversation_id', '=', conversationId)
        .where('direction', '=', 'incoming')
        .where('status', '=', 'received');
      if (upTo) update = update.where('timestamp', '<=', upTo);
      if (ids) update = update.where(sql<boolean>`id = any(${[...ids]}::uuid[])`);
      return update.returning(['id', 'wa_message_id']).execute();
    },

    /** Our ids of messages of a conversation, by the ids of either kind that name them. */
    async idsIn(tx: Tx, conversationId: string, named: readonly string[]): Promise<Map<string, string>> {
      const rows = await tx
        .selectFrom('messages')
        .select(['id', 'wa_message_id'])
        .where('conversation_id', '=', conversationId)
        .where(
          sql<boolean>`(id = any(${named.filter(isUuid)}::uuid[]) or wa_message_id = any(${[...named]}::text[]))`,
        )
        .execute();
      return new Map(
        rows.flatMap(({ id, wa_message_id }) => [[id, id] as const, [wa_message_id, id] as const]),
      );
    },

    /** Deletes a message and what was done to it; its conversation must be locked. */
    async remove(tx: Tx, id: string): Promise<MessageRow | undefined> {
      const row = await tx.deleteFrom('messages').where('id', '=', id).returningAll().executeTakeFirst();
      if (row) {
        await tx
          .deleteFrom('message_changes')
          .where('conversation_id', '=', row.conversation_id)
          .where('target_id', '=', row.wa_message_id)
          .execute();
      }
      return row;
    },

    async newestAt(tx: Tx, conversationId: string): Promise<Date | null> {
      const row = await tx
        .selectFrom('messages')
        .select('timestamp')
        .where('conversation_id', '=', conversationId)
        .orderBy('timestamp', 'desc')
        .orderBy('seq', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row?.timestamp ?? null;
    },

    /** What a receiver that could not decrypt one of our messages is sent again. */
    async sentBy(
      profileId: string,
      waMessageId: string,
    ): Promise<(MessageRow & { chat: string; expiration_since: Date | null }) | undefined> {
      return db
        .selectFrom('messages as m')
        .innerJoin('conversations as c', 'c.id', 'm.conversation_id')
        .selectAll('m')
        .select((eb) => [
          'c.chat',
          eb
            .case()
            .when('m.expiration', '=', eb.ref('c.expiration'))
            .then(eb.ref('c.expiration_since'))
            .end()
            .as('expiration_since'),
        ])
        .where('m.profile_id', '=', profileId)
        .where('m.wa_message_id', '=', waMessageId)
        .where('m.direction', '=', 'outgoing')
        .limit(1)
        .executeTakeFirst();
    },
  };
}

export type MessageStore = ReturnType<typeof createMessageStore>;
