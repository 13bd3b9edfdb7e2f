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
import type { MessageStore } from './messages.store.ts';
import { waitingFor } from './waiting-for.store.ts';

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

  async function withConversations(rows: MessageRow[]): Promise<MessageView[]> {
    if (rows.length === 0) return [];
    const ids = [...new Set(rows.map((row) => row.conversation_id))];
    const found = await conversationsById(db, ids);
    const views = new Map<string, ConversationView>(found.map((row) => [row.id, presentConversation(row)]));
    return rows.map((row) => present(row, views.get(row.conversation_id)));
  }

  return {
    async ofProfile(
      actor: Actor,
      profileId: string,
      query: { limit: number; offset?: number; before?: string; type?: string; direction?: string },
    ): Promise<MessageView[]> {
      await profileOf(db, actor, profileId);
      const { limit, offset, before, type, direction } = query;
      const rows = await store.older(actor, { profileId, type, direction }, { limit, offset, before });
      if (!rows) throw new Failure('MESSAGE_NOT_FOUND');
      return withConversations(rows);
    },

    /** One page, oldest first within it; `hasMore` tells whether older ones exist. */
    async ofConversation(actor: Actor, conversationId: string, query: { limit: number; before?: string }) {
      if (!(await knowsConversation(db, actor, conversationId))) throw new Failure('CONVERSATION_NOT_FOUND');
      const page = { limit: query.limit + 1, before: query.before };
      const rows = await store.older(actor, { conversationId }, page);
      if (!rows) throw new Failure('MESSAGE_NOT_FOUND');
      const hasMore = rows.length > query.limit;
      return {
        messages: rows
          .slice(0, query.limit)
          .reverse()
          .map((row) => present(row)),
        hasMore,
      };
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
