import type { ChatFact } from '../../engines/port.ts';
import { type ChatId, chatKind } from '../../platform/chat-id.ts';
import type { Clock } from '../../platform/clock.ts';
import { createTurns } from '../../platform/concurrency/in-turn.ts';
import { type Db, inTransaction } from '../../platform/db/transaction.ts';
import type { Log } from '../../platform/log.ts';
import { learnChats } from '../conversations/index.ts';
import type { Live } from '../profiles/index.ts';

const notMember = { code: 'NOT_GROUP_MEMBER', reason: 'The profile is not in this group.' };
const adminsOnly = { code: 'GROUP_ADMINS_ONLY', reason: 'Only admins write in this group.' };

/**
 * What groups are called, and how long their messages last: asked once, when a group is first seen. From then on the
 * network tells what changes.
 */
export function createGroups(deps: { db: Db; clock: Clock; log: Log }) {
  const { db, clock, log } = deps;
  /** What each connection has asked the network. */
  const asked = new WeakMap<Live, Map<ChatId, Promise<ChatFact | undefined>>>();
  /** One question at a time: WhatsApp minds many at once, as after a backlog. */
  const { inTurn } = createTurns<Live>();

  async function ask(live: Live, chat: ChatId): Promise<ChatFact | undefined> {
    if (live.ended.aborted) return undefined;
    const fact = await live.session.groups?.about(chat);
    if (fact) await inTransaction(db, (tx) => learnChats(tx, live.profileId, [fact], clock.now()));
    return fact;
  }

  return {
    /** Why nothing can be written in a chat; undefined when something can, or the network does not say. */
    async refusal(live: Live, chat: ChatId): Promise<{ code: string; reason: string } | undefined> {
      if (chatKind(chat) !== 'group' || !live.session.groups) return undefined;
      const standing = await live.session.groups.standing(chat).catch(() => null);
      if (standing === null || standing?.mayWrite) return undefined;
      return standing ? adminsOnly : notMember;
    },

    /** Undefined for a group we are not in, and when there was no answer: then the next one to look asks again. */
    look(live: Live, chat: ChatId): Promise<ChatFact | undefined> {
      const facts = asked.get(live) ?? new Map<ChatId, Promise<ChatFact | undefined>>();
      asked.set(live, facts);
      const known = facts.get(chat);
      if (known) return known;
      const fact = inTurn(live, () => ask(live, chat)).catch((error: unknown) => {
        facts.delete(chat);
        if (!live.ended.aborted)
          log.warn({ err: error, profileId: live.profileId }, 'a group could not be asked about');
        return undefined;
      });
      facts.set(chat, fact);
      return fact;
    },
  };
}

export type Groups = ReturnType<typeof createGroups>;
