import { setTimeout as pause } from 'node:timers/promises';
import type { EngineMessageId } from '../../../engines/port.ts';
import type { Actor } from '../../../platform/actor.ts';
import { storedChat } from '../../../platform/chat-id.ts';
import type { Db } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import type { Log } from '../../../platform/log.ts';
import { conversationsById, knowsConversation } from '../../conversations/index.ts';
import type { Live } from '../../profiles/index.ts';
import type { MessageService } from '../messages.service.ts';
import { isConnected } from '../senders.store.ts';
import { oldestOf } from './past.store.ts';

/** A phone that is on answers within seconds. */
const answerMsMax = 8_000;
const lookMs = 200;
const answersMax = 200;

/** Asks the phone for older messages of a chat than are here, and waits a little for them. */
export function createLoadOlder(deps: {
  db: Db;
  log: Log;
  service: Pick<MessageService, 'ofConversation'>;
  live(profileId: string): Live | undefined;
  /** Says it to the node that has the profile. */
  tellOwner(words: string): void;
}) {
  const { db, log } = deps;
  /** Questions that were answered lately, each with the conversation that it was about. */
  const answers = new Set<string>();
  const asked = new Map<string, string>();

  async function ask(live: Live, conversationId: string, count: number): Promise<void> {
    const [conversation] = await conversationsById(db, [conversationId]);
    const oldest = await oldestOf(db, conversationId);
    if (!conversation || conversation.profile_id !== live.profileId || !oldest) return;
    const than = {
      id: oldest.wa_message_id as EngineMessageId,
      fromMe: oldest.direction === 'outgoing',
      at: oldest.timestamp,
    };
    const question = await live.session.history?.askOlder(storedChat(conversation.chat), than, count);
    if (question) asked.set(conversationId, question);
  }

  const isAnswered = (conversationId: string) => answers.has(asked.get(conversationId) ?? '');

  return {
    answered(question: string): void {
      if (answers.size > answersMax) answers.clear();
      answers.add(question);
    },

    /** Asked by another node. */
    heard(profileId: string, conversationId: string, count: number): void {
      const live = deps.live(profileId);
      if (!live) return;
      ask(live, conversationId, count).catch((err: unknown) => {
        if (!live.ended.aborted) log.debug({ err, profileId }, 'older messages could not be asked for');
      });
    },

    /** @throws Failure CONVERSATION_NOT_FOUND */
    async load(actor: Actor, conversationId: string, limit: number) {
      const [conversation] = (await knowsConversation(db, actor, conversationId))
        ? await conversationsById(db, [conversationId])
        : [];
      if (!conversation) throw new Failure('CONVERSATION_NOT_FOUND');
      const edge = await oldestOf(db, conversationId);
      const nothing = { synced: 0, answered: false, messages: [], hasMore: false };
      const engineReady = await isConnected(db, conversation.profile_id);
      if (!engineReady || !edge) return { ...nothing, engineReady };
      const live = deps.live(conversation.profile_id);
      asked.delete(conversationId);
      try {
        if (live) await ask(live, conversationId, limit);
        else deps.tellOwner(`${conversation.profile_id}:${conversationId}:${limit}`);
      } catch (error) {
        if (!live?.ended.aborted) log.debug({ err: error }, 'older messages could not be asked for');
        return { ...nothing, engineReady };
      }
      const page = () => deps.service.ofConversation(actor, conversationId, { limit, before: edge.id });
      const endMs = performance.now() + answerMsMax;
      let found = await page();
      while (found.messages.length === 0 && !isAnswered(conversationId) && performance.now() < endMs) {
        await pause(lookMs);
        found = await page();
      }
      // What is stored in several parts is there as a whole once it is answered.
      const answered = isAnswered(conversationId) || found.messages.length > 0;
      if (answered) found = await page();
      const synced = found.messages.length;
      return { ...found, synced, answered, engineReady, hasMore: found.hasMore || synced >= limit };
    },
  };
}

export type LoadOlder = ReturnType<typeof createLoadOlder>;
