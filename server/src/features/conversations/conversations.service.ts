import { cut, sliceWithNulls } from '../../http/list.ts';
import { given } from '../../http/schema.ts';
import type { Actor } from '../../platform/actor.ts';
import { type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import { profileOf } from '../../platform/known-profiles.store.ts';
import { presentConversation } from './conversations.present.ts';
import type { ConversationFilter, ConversationStore, Listed } from './conversations.store.ts';
import type { ConversationRow } from './resolve.store.ts';

export interface ConversationServiceDeps {
  db: Db;
  store: ConversationStore;
  /** A page of messages, oldest first within it, as clients see them. */
  messages(
    actor: Actor,
    conversationId: string,
    query: { limit: number; before?: string },
  ): Promise<{ messages: Record<string, unknown>[]; hasMore: boolean }>;
  presentMessage(row: Record<string, unknown>): Record<string, unknown>;
  /** Marks all that came in as read, queues the receipts, counts and tells. */
  markRead(tx: Tx, conversationId: string): Promise<void>;
}

/** What clients have been told of the number of messages. */
const countedMax = 1000;

export function createConversationService(deps: ConversationServiceDeps) {
  const { db, store } = deps;

  async function conversationOf(actor: Actor, id: string): Promise<ConversationRow> {
    const row = await store.find(actor, id);
    if (!row) throw new Failure('CONVERSATION_NOT_FOUND');
    return row;
  }

  function item(row: Listed) {
    return {
      ...presentConversation(row),
      messageCount: Math.min(row.message_count, countedMax),
      lastMessage: row.last_message && deps.presentMessage(row.last_message),
      contactName: row.contact_name ?? row.name,
      contactPhone: row.contact_phone,
    };
  }

  return {
    messages: deps.messages,

    async list(
      actor: Actor,
      filter: ConversationFilter,
      query: { limit?: number; offset?: number; cursor?: string | undefined },
    ) {
      await profileOf(db, actor, given(filter.profileId));
      const slice = sliceWithNulls(query);
      const rows = await store.list(actor, filter, slice);
      const { shown, next } = cut(slice, rows, ({ last_message_at: at, id }) => ({ at, id }));
      const isLast = shown.length > 0 && next === null && !slice.after;
      const total = isLast ? slice.offset + shown.length : await store.count(actor, filter);
      return { conversations: shown.map(item), total, cursor: next };
    },

    async get(actor: Actor, id: string, messageLimit: number) {
      const row = await conversationOf(actor, id);
      const contact = await store.contactOf(row);
      return {
        ...presentConversation(row),
        messages: (await deps.messages(actor, id, { limit: messageLimit })).messages,
        contact: contact
          ? {
              id: contact.id,
              profileId: contact.profile_id,
              phone: contact.phone,
              name: contact.name,
              whatsappName: contact.whatsapp_name,
              tags: contact.tags,
            }
          : null,
        contactName: contact?.name ?? contact?.whatsapp_name ?? row.name,
        contactPhone: contact?.phone ?? null,
      };
    },

    /** Marks incoming messages as read here, and sends receipts as soon as the profile is connected. */
    async read(actor: Actor, id: string): Promise<void> {
      await conversationOf(actor, id);
      await inTransaction(db, (tx) => deps.markRead(tx, id));
    },
  };
}

export type ConversationService = ReturnType<typeof createConversationService>;
