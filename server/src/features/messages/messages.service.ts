import type { Actor } from '../../platform/actor.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import { profileOf } from '../../platform/known-profiles.store.ts';
import type { Tenancy } from '../../platform/tenancy.ts';
import {
  type ConversationView,
  conversationsById,
  knowsConversation,
  presentConversation,
} from '../conversations/index.ts';
import type { Media } from '../media/index.ts';
import { withLinks } from './files/with-links.ts';
import { type MessageRow, presentMessage } from './messages.present.ts';
import type { MessageView } from './messages.schema.ts';
import type { MessageStore, Scope } from './messages.store.ts';
import { waitingFor } from './queue/waiting-for.store.ts';
import { quotedBy } from './quoted-view.ts';

interface PageQuery {
  limit: number;
  before?: string;
  after?: string;
  around?: string;
}

/** Reading messages. */
export function createMessageService(deps: {
  db: Db;
  clock: Clock;
  store: MessageStore;
  linksOf: Media['linksOf'];
}) {
  const { db, clock, store } = deps;
  const present = (row: MessageRow, conversation?: ConversationView) =>
    withLinks(presentMessage(row, conversation), deps.linksOf);

  async function shownAll(rows: MessageRow[], views?: ReadonlyMap<string, ConversationView>) {
    const quoted = await quotedBy(store, rows);
    return rows.map((row) => ({ ...present(row, views?.get(row.conversation_id)), quoted: quoted(row) }));
  }

  async function withConversations(rows: MessageRow[]): Promise<MessageView[]> {
    if (rows.length === 0) return [];
    const ids = [...new Set(rows.map((row) => row.conversation_id))];
    const found = await conversationsById(db, ids);
    return shownAll(rows, new Map(found.map((row) => [row.id, presentConversation(row)])));
  }

  /** One more than the limit tells whether there are more. @throws Failure MESSAGE_NOT_FOUND */
  async function some(
    actor: Actor,
    scope: Scope,
    { limit, ...edge }: Parameters<typeof store.list>[2],
  ): Promise<{ rows: MessageRow[]; more: boolean }> {
    const found = await store.list(actor, scope, { ...edge, limit: limit + 1 });
    if (!found) throw new Failure('MESSAGE_NOT_FOUND');
    return { rows: found.slice(0, limit), more: found.length > limit };
  }

  /** Half of them not newer than the message, the rest newer. */
  async function around(actor: Actor, scope: Scope, message: string, limit: number) {
    const [older, newer] = await Promise.all([
      some(actor, scope, { before: message, withEdge: true, limit: Math.ceil((limit + 1) / 2) }),
      some(actor, scope, { after: message, limit: Math.floor((limit - 1) / 2) }),
    ]);
    return { rows: [...older.rows.toReversed(), ...newer.rows], hasMore: older.more, hasNewer: newer.more };
  }

  async function pageRows(actor: Actor, scope: Scope, query: PageQuery) {
    const { limit, before, after } = query;
    if (!before && after) {
      const { rows, more } = await some(actor, scope, { after, limit });
      return { rows, hasMore: true, hasNewer: more };
    }
    if (!before && query.around) return around(actor, scope, query.around, limit);
    const { rows, more } = await some(actor, scope, { before, limit });
    return { rows: rows.toReversed(), hasMore: more, hasNewer: before !== undefined };
  }

  /** One page, oldest first within it; `hasMore` tells whether older ones exist. */
  async function pageOf(actor: Actor, conversationId: string, query: PageQuery) {
    if (!(await knowsConversation(db, actor, conversationId))) throw new Failure('CONVERSATION_NOT_FOUND');
    const { rows, ...more } = await pageRows(actor, { conversationId }, query);
    return { messages: await shownAll(rows), ...more };
  }

  return {
    async ofProfile(
      actor: Actor,
      profileId: string,
      query: {
        limit: number;
        offset?: number;
        before?: string;
        after?: string;
        type?: string;
        direction?: string;
      },
    ): Promise<MessageView[]> {
      await profileOf(db, actor, profileId);
      const { limit, offset, before, after, type, direction } = query;
      const edge = before ? { before } : { after };
      const rows = await store.list(actor, { profileId, type, direction }, { limit, offset, ...edge });
      if (!rows) throw new Failure('MESSAGE_NOT_FOUND');
      return withConversations(rows);
    },

    pageOf,

    /** The same without what is newer, as conversations list them. */
    async ofConversation(actor: Actor, conversationId: string, query: { limit: number; before?: string }) {
      const { messages, hasMore } = await pageOf(actor, conversationId, query);
      return { messages, hasMore };
    },

    /** Messages as other lists show them, by their ids; those that are not of the tenancy are left out. */
    async byIds(tenancy: Tenancy, ids: readonly string[]): Promise<Map<string, MessageView>> {
      const views = await withConversations(await store.byIds(tenancy, ids));
      return new Map(views.map((view) => [view.id, view]));
    },

    async get(actor: Actor, id: string): Promise<MessageView> {
      const row = await store.find(actor, id);
      const [view] = row ? await withConversations([row]) : [];
      if (!row || !view) throw new Failure('MESSAGE_NOT_FOUND');
      return { ...view, waitingFor: await waitingFor(db, row, clock.now()) };
    },
  };
}

export type MessageService = ReturnType<typeof createMessageService>;
