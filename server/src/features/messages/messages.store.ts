import { type Insertable, sql } from 'kysely';
import type { MessagesTable } from '../../platform/db/tables.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import { isUuid } from '../../platform/ids.ts';
import { isProfileOf, isRowOf, type Tenancy } from '../../platform/tenancy.ts';
import type { MessageRow } from './messages.present.ts';

export interface Page {
  limit: number;
  before?: string | undefined;
}

/** Messages for clients: every read takes the tenancy. What the outbox needs is in `outbox/`. */
export function createMessageStore(db: Db) {
  async function find(
    tx: Db | Tx,
    tenancy: Tenancy,
    id: string,
    profileId?: string,
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
    return query.orderBy('seq', 'desc').limit(1).executeTakeFirst();
  }

  /** Newest first, keyset by (timestamp, seq) so that equal timestamps are neither skipped nor repeated. */
  async function older(
    tenancy: Tenancy,
    scope: {
      profileId?: string;
      conversationId?: string;
      type?: string | undefined;
      direction?: string | undefined;
    },
    page: Page & { offset?: number | undefined },
  ): Promise<MessageRow[]> {
    let query = db.selectFrom('messages').selectAll().where(isRowOf(tenancy, 'messages'));
    if (scope.profileId) query = query.where('profile_id', '=', scope.profileId);
    if (scope.conversationId) query = query.where('conversation_id', '=', scope.conversationId);
    if (scope.type) query = query.where('type', '=', scope.type);
    if (scope.direction) query = query.where('direction', '=', scope.direction);
    if (page.before) {
      const edge = await find(db, tenancy, page.before, scope.profileId);
      if (edge) query = query.where(sql<boolean>`(timestamp, seq) < (${edge.timestamp}, ${edge.seq})`);
    }
    return query
      .orderBy('timestamp', 'desc')
      .orderBy('seq', 'desc')
      .limit(page.limit)
      .offset(page.offset ?? 0)
      .execute();
  }

  return {
    find: (tenancy: Tenancy, id: string, profileId?: string, tx: Db | Tx = db) =>
      find(tx, tenancy, id, profileId),
    older,

    /** Answers the stored row, or undefined when this message is there already. */
    async insert(tx: Tx, row: Insertable<MessagesTable>): Promise<MessageRow | undefined> {
      return tx
        .insertInto('messages')
        .values(row)
        .onConflict((oc) => oc.doNothing())
        .returningAll()
        .executeTakeFirst();
    },

    /** As `insert`, and in the same statement the conversation learns of it. */
    async insertAndTouch(
      tx: Tx,
      row: Insertable<MessagesTable>,
      { unread }: { unread: number },
    ): Promise<(MessageRow & { unread_count: number; last_message_at: Date | null }) | undefined> {
      return tx
        .with('kept', (db) =>
          db
            .insertInto('messages')
            .values(row)
            .onConflict((oc) => oc.doNothing())
            .returningAll(),
        )
        .with('touched', (db) =>
          db
            .updateTable('conversations as c')
            .from('kept')
            .set((eb) => ({
              unread_count: eb('c.unread_count', '+', unread),
              last_message_at: eb.fn('greatest', ['c.last_message_at', 'kept.timestamp']),
              updated_at: eb.ref('kept.updated_at'),
            }))
            .whereRef('c.id', '=', 'kept.conversation_id')
            .returning(['c.unread_count', 'c.last_message_at']),
        )
        .selectFrom(['kept', 'touched'])
        .selectAll('kept')
        .select(['touched.unread_count', 'touched.last_message_at'])
        .executeTakeFirst() as Promise<
        (MessageRow & { unread_count: number; last_message_at: Date | null }) | undefined
      >;
    },

    /** What a receiver that could not decrypt one of our messages is sent again. */
    async sentBy(
      profileId: string,
      waMessageId: string,
    ): Promise<(MessageRow & { chat: string }) | undefined> {
      return db
        .selectFrom('messages as m')
        .innerJoin('conversations as c', 'c.id', 'm.conversation_id')
        .selectAll('m')
        .select('c.chat')
        .where('m.profile_id', '=', profileId)
        .where('m.wa_message_id', '=', waMessageId)
        .where('m.direction', '=', 'outgoing')
        .limit(1)
        .executeTakeFirst();
    },
  };
}

export type MessageStore = ReturnType<typeof createMessageStore>;
