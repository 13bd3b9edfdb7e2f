import { EngineGone } from '../../../engines/port.ts';
import { type ChatId, phoneOf, storedChat } from '../../../platform/chat-id.ts';
import { type Clock, dayMs } from '../../../platform/clock.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import { tellOfPeople } from '../../contacts/index.ts';
import { confirmAddress, type Destination, destinationOf, moveToAddress } from '../../conversations/index.ts';
import type { Live } from '../../profiles/index.ts';
import { adopt } from '../adopt.store.ts';
import type { Claimed, OutboxStore } from './outbox.store.ts';

/** People change their number, and countries the form of theirs: what WhatsApp said is believed for so long. */
const checkedMsMax = 7 * dayMs;

/**
 * Finds out where a message really goes. In some countries people are registered with a digit more or less than is
 * dialled, so WhatsApp is asked once per number; what it says is kept before anything is encrypted.
 */
export function createRecipients(deps: {
  db: Db;
  clock: Clock;
  events: EventRecorder;
  store: Pick<OutboxStore, 'lastsAsChat'>;
}) {
  const { db, clock, store } = deps;
  const tell = tellOfPeople(deps.events);

  const isKnown = (checkedAt: Date | null) =>
    checkedAt !== null && clock.now().getTime() - checkedAt.getTime() < checkedMsMax;

  /** WhatsApp's answer; when it gives none, what it said some time ago has to do, or else what was dialled. */
  async function ask(live: Live, { chat, checkedAt }: Destination): Promise<ChatId | undefined> {
    const { numbers } = live.session;
    if (!numbers) return chat;
    try {
      return await numbers.addressOf(chat);
    } catch (error) {
      if (checkedAt && error instanceof EngineGone && !live.ended.aborted) return chat;
      throw error;
    }
  }

  const isReachable = (message: Claimed): boolean =>
    !phoneOf(storedChat(message.chat)) || isKnown(message.address_checked_at);

  return {
    /** Whether it is known where the message goes. */
    isReachable,

    /**
     * The message as it goes to where its chat really is; undefined when nobody has the number on WhatsApp. `moving` hears of another address
     * before the first message can be claimed under it.
     * @throws EngineGone
     */
    async reach(
      live: Live,
      message: Claimed,
      how: { anew: boolean; moving(from: ChatId, to: ChatId): void },
    ): Promise<Claimed | undefined> {
      const needsNobody = how.anew ? !phoneOf(storedChat(message.chat)) : isReachable(message);
      if (needsNobody) return message;
      // The message before in this chat may have asked already, and moved the conversation.
      const now = await destinationOf(db, message.id);
      if (!now) throw new Error('the conversation of a message is gone');
      if (!phoneOf(now.chat) || (isKnown(now.checkedAt) && !how.anew)) return bound(message, now);
      const address = await ask(live, now);
      if (!address) return undefined;
      if (address === now.chat) {
        await confirmAddress(db, clock, now.conversationId);
        return bound(message, now);
      }
      how.moving(now.chat, address);
      const { organizationId, profileId } = live;
      await inTransaction(db, async (tx) => {
        const whose = { organizationId, profileId };
        const conversationId = await moveToAddress(tx, { clock, adopt, tell }, whose, now.chat, address);
        if (conversationId) await store.lastsAsChat(tx, profileId, conversationId);
      });
      return bound(message, (await destinationOf(db, message.id)) ?? { ...now, chat: address });
    },
  };
}

const bound = (message: Claimed, { chat, expiration }: Destination): Claimed => ({
  ...message,
  chat,
  ...expiration,
});

export type Recipients = ReturnType<typeof createRecipients>;
