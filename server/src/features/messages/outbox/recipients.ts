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
/** So many chats are remembered as asked about, of each connection. */
const askedMax = 10_000;

interface How {
  /** WhatsApp is asked whatever is known. */
  anew: boolean;
  /** Hears of another address before the first message can be claimed under it. */
  moving(from: ChatId, to: ChatId): void;
}

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
  /** Conversations that a connection has asked about: the message before in the chat may have moved it. */
  const asked = new WeakMap<Live, Set<string>>();

  /** True for the first message of a chat on a connection: then nobody has moved the chat since it was claimed. */
  function isFirst(live: Live, { conversation_id }: Claimed): boolean {
    const chats = asked.get(live) ?? new Set();
    asked.set(live, chats);
    if (chats.has(conversation_id)) return false;
    if (chats.size >= askedMax) chats.clear();
    chats.add(conversation_id);
    return true;
  }

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

  async function reach(live: Live, message: Claimed, how: How): Promise<Claimed | undefined> {
    const needsNobody = how.anew ? !phoneOf(storedChat(message.chat)) : isReachable(message);
    if (needsNobody) return message;
    const claimed = !how.anew && isFirst(live, message) ? destinationIn(message) : undefined;
    const now = claimed ?? (await destinationOf(db, message.id));
    if (!now) throw new Error('the conversation of a message is gone');
    if (!phoneOf(now.chat) || (isKnown(now.checkedAt) && !how.anew)) return bound(message, now);
    const address = await ask(live, now);
    if (!address) return undefined;
    if (address === now.chat) {
      const isThere = await confirmAddress(db, clock, now);
      return isThere || !claimed ? bound(message, now) : reach(live, message, how);
    }
    how.moving(now.chat, address);
    const { organizationId, profileId } = live;
    await inTransaction(db, async (tx) => {
      const whose = { organizationId, profileId };
      const conversationId = await moveToAddress(tx, { clock, adopt, tell }, whose, now.chat, address);
      if (conversationId) await store.lastsAsChat(tx, profileId, conversationId);
    });
    return bound(message, (await destinationOf(db, message.id)) ?? { ...now, chat: address });
  }

  return {
    /** Whether it is known where the message goes. */
    isReachable,

    /**
     * The message as it goes to where its chat really is; undefined when nobody has the number on WhatsApp.
     * @throws EngineGone
     */
    reach,
  };
}

/** The chat of a message as it was claimed. */
function destinationIn({ conversation_id, chat, address_checked_at, ...message }: Claimed): Destination {
  const { expiration, expiration_since } = message;
  return {
    ...{ conversationId: conversation_id, chat: storedChat(chat), checkedAt: address_checked_at },
    expiration: { expiration, expiration_since },
  };
}

const bound = (message: Claimed, { chat, expiration }: Destination): Claimed => ({
  ...message,
  chat,
  ...expiration,
});

export type Recipients = ReturnType<typeof createRecipients>;
