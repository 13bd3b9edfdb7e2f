import type { IncomingMessage } from '../../engines/port.ts';
import { chatKind } from '../../platform/chat-id.ts';
import { afterCommit, type Tx } from '../../platform/db/transaction.ts';
import type { Named, PeopleDeps } from '../contacts/index.ts';
import { learnNames } from '../conversations/index.ts';
import type { Live } from '../profiles/index.ts';

const knownMax = 1000;

/**
 * What people call themselves, learnt wherever they speak. In their own chat it is learnt with the chat; of what they
 * say elsewhere it is looked at once a connection, and again when it has changed.
 */
export function createNames({ tell }: Pick<PeopleDeps, 'tell'>) {
  const byConnection = new WeakMap<Live, Map<string, string>>();

  function newsIn(known: Map<string, string>, messages: readonly IncomingMessage[]): Named[] {
    const news = new Map<string, Named>();
    for (const { chat, fromMe, sender } of messages) {
      const { name, ...addresses } = sender;
      const address = sender.phone ?? sender.lid;
      if (!name || !address || fromMe || chatKind(chat) === 'user' || known.get(address) === name) continue;
      news.set(address, { ...addresses, name });
    }
    return [...news.values()];
  }

  const knownTo = (live: Live) => byConnection.get(live) ?? new Map<string, string>();

  return {
    /** Whether any would be learnt. */
    areNews: (live: Live, messages: readonly IncomingMessage[]): boolean =>
      newsIn(knownTo(live), messages).length > 0,

    /** A statement for all that is new together, and none when nothing is. */
    async learn(
      tx: Tx,
      live: Live,
      messages: readonly IncomingMessage[],
      { now, beforeLocks }: { now: Date; beforeLocks(): Promise<void> },
    ): Promise<void> {
      const known = knownTo(live);
      byConnection.set(live, known);
      const news = newsIn(known, messages);
      if (news.length === 0) return;
      await beforeLocks();
      const learnt = await learnNames(tx, live.profileId, news, now);
      await tell(
        tx,
        learnt.map((contact) => ({ is: 'updated', contact, changed: ['whatsappName'] })),
      );
      afterCommit(tx, () => {
        if (known.size + news.length > knownMax) known.clear();
        for (const { phone, lid, name } of news) known.set(phone ?? lid ?? '', name);
      });
    },
  };
}

export type Names = ReturnType<typeof createNames>;
