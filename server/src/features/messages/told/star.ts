import { chatKind, storedChat } from '../../../platform/chat-id.ts';
import type { Clock } from '../../../platform/clock.ts';
import { afterCommit, type Db, inTransaction } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import { Failure } from '../../../platform/failures.ts';
import type { Tenancy } from '../../../platform/tenancy.ts';
import { keepOwn, lockConversation } from '../../conversations/index.ts';
import type { Changes } from '../changes/changes.ts';
import { refuseAtOnce } from '../deeds/refusals.ts';
import type { MessageStore } from '../messages.store.ts';
import { starChange } from './told.ts';

/**
 * Stars messages, or takes the star off: here at once, and on the phone as soon as the profile is connected. Message, event and
 * what the phone is to be told share a transaction; of two settings the later one holds, wherever it was made.
 */
export function createStar(deps: {
  db: Db;
  clock: Clock;
  events: EventRecorder;
  store: Pick<MessageStore, 'find'>;
  changes: Pick<Changes, 'applyHere'>;
  /** There is something to tell the phone of a profile. */
  pokeStates(profileId: string): void;
}) {
  const { db, clock, store } = deps;

  /** @throws Failure MESSAGE_NOT_FOUND, MESSAGE_REVOKED, MESSAGE_NOT_SENT, INVALID_RECIPIENT */
  async function star(tenancy: Tenancy, messageId: string, starred: boolean) {
    const found = await store.find(tenancy, messageId);
    if (!found) throw new Failure('MESSAGE_NOT_FOUND');
    return inTransaction(db, async (tx) => {
      const conversation = await lockConversation(tx, found.conversation_id);
      const message = await store.find(tenancy, found.id, undefined, tx);
      if (!conversation || !message) throw new Failure('MESSAGE_NOT_FOUND');
      const chat = storedChat(conversation.chat);
      const now = clock.now();
      refuseAtOnce({ kind: 'starred', content: {} }, { message, chat, now });
      const before = message.marks?.starred ? Date.parse(message.marks.starred.at) : 0;
      const at = new Date(Math.max(now.getTime(), before + 1));
      const { wa_message_id: id, organization_id: organizationId, profile_id: profileId } = message;
      const whose = { organizationId, profileId };
      const change = starChange({ chat, id, starred, at }, conversation);
      const facts = await deps.changes.applyHere(tx, whose, change);
      if (facts.length > 0) {
        const fromMe = message.direction === 'outgoing';
        const isOfOther = chatKind(chat) === 'group' && !fromMe && message.sender !== null;
        const value = { starred, fromMe, ...(isOfOther && { sender: message.sender }) };
        await keepOwn(tx, whose, chat, [{ field: `star:${id}`, value }], at);
        await deps.events.recordAll(tx, facts);
        afterCommit(tx, () => deps.pokeStates(profileId));
      }
      return { success: true, messageId: message.id, waMessageId: id, starred };
    });
  }

  return star;
}

export type StarMessage = ReturnType<typeof createStar>;
