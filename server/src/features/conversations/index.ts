import type { Feature } from '../../platform/feature.ts';
import { conversationKeeps } from './conversations.keeps.ts';
import { conversationRoutes } from './conversations.routes.ts';
import { type ConversationServiceDeps, createConversationService } from './conversations.service.ts';
import { createConversationStore } from './conversations.store.ts';

export {
  chatReachedBy,
  confirmAddress,
  type Destination,
  destinationOf,
  leaveUnreached,
  lockForLeaving,
  moveToAddress,
} from './address.store.ts';
export { learnChats, learnExpiration, learnNames } from './chat-facts.store.ts';
export { conversationJson } from './conversation-json.sql.ts';
export { type ConversationView, presentConversation } from './conversations.present.ts';
export { followContacts } from './contact-names.store.ts';
export { ConversationMessagesQuery } from './conversations.schema.ts';
export { conversationsById, knowsConversation } from './conversations.store.ts';
export { conversationOfChat, countRead, countRemoved, lockConversation } from './counts.store.ts';
export { conversationsOfChats } from './known-chats.store.ts';
export { lockInOrder, unassign } from './lock-order.store.ts';
export { type ConversationRow, handOver, learnSamePerson, resolveConversation } from './resolve.store.ts';

/** Conversations: listing, reading, marking as read. */
export function createConversations(deps: Omit<ConversationServiceDeps, 'store'>) {
  const service = createConversationService({ ...deps, store: createConversationStore(deps.db) });
  const feature: Feature = {
    name: 'conversations',
    routes: (app) => conversationRoutes(app, service),
    keeps: conversationKeeps,
  };
  return { feature };
}
