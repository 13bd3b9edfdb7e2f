import type { ChatFact } from '../../engines/port.ts';
import type { ChatId } from '../../platform/chat-id.ts';
import type { Clock } from '../../platform/clock.ts';
import { createTurns } from '../../platform/concurrency/in-turn.ts';
import { type Db, inTransaction } from '../../platform/db/transaction.ts';
import type { Log } from '../../platform/log.ts';
import { learnChats } from '../conversations/index.ts';
import type { Live } from '../profiles/index.ts';

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
