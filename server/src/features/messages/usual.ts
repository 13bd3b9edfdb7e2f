import type { IncomingMessage, Settle } from '../../engines/port.ts';
import { type ChatId, chatKind } from '../../platform/chat-id.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { Log } from '../../platform/log.ts';
import { addressesOf, phonesOfLids } from '../contacts/index.ts';
import type { Live } from '../profiles/index.ts';
import { arrivalOf } from './arrival-events.ts';
import { arrivedRow, lidsIn, nameOfChat } from './arrived-row.ts';
import type { Phones } from './changes/authors.ts';
import { isChange } from './changes/change.ts';
import { undecryptedType } from './kinds/undecrypted.ts';
import { messageSent } from './messages.events.ts';
import { type MessageRow, presentMessage } from './messages.present.ts';
import type { Names } from './names.ts';
import { aboutOutgoing } from './outgoing.sql.ts';
import { storeUsual, type UsualMessage } from './usual.sql.ts';

/** What the database adds to a message that has just arrived. */
const untouched = {
  ...{ conversation_id: '', original_content: null, edited_at: null, revoked_at: null, revoked_by: null },
  ...{ reactions: null, answers: null, marks: null, metadata: {}, seq: 0, receipt_due: false },
} satisfies Partial<MessageRow>;

/**
 * The short way of what arrives: messages of known chats, about which nothing else is news, are stored in one
 * statement. Most are such; the others take the long way, in a transaction, with the same outcome.
 */
export function createUsual(deps: {
  db: Db;
  log: Log;
  events: Pick<EventRecorder, 'insertFrom' | 'committed'>;
  names: Pick<Names, 'areNews'>;
}) {
  const { db, log, events } = deps;

  return {
    /** Answers the groups among the chats that have no name; undefined when nothing was done. */
    async store(
      live: Live,
      messages: readonly IncomingMessage[],
      settle: Settle,
      now: Date,
    ): Promise<string[] | undefined> {
      if (!settle.within || !messages.every(isPlain) || deps.names.areNews(live, messages)) return undefined;
      const settling = settle.within(messages);
      try {
        const phones = await phonesOfLids(db, live.profileId, lidsIn(messages));
        const usual = messages.map((message) => usualMessage(live, message, phones, now));
        const newGroups = await storeUsual(db, events, live, usual, settling);
        if (!newGroups) return undefined;
        settling.committed();
        events.committed();
        return newGroups;
      } catch (error) {
        // The long way finds out what it is; what was stored all the same is not stored again.
        log.debug({ err: error, count: messages.length }, 'what arrived could not be stored at once');
        return undefined;
      }
    },
  };
}

/** Neither a status, nor done to a chat or a message: one that is stored as a message and nothing else, without a file to fetch. */
const isPlain = (message: IncomingMessage) =>
  !message.file &&
  chatKind(message.chat) !== 'status' &&
  message.content.type !== 'expiration-set' &&
  message.content.type !== undecryptedType &&
  !isChange(message);

function usualMessage(live: Live, message: IncomingMessage, phones: Phones, now: Date): UsualMessage {
  const { chat, chatAlias, expiration } = message;
  const kind = chatKind(chat);
  const { conversation_id: _, ...row } = arrivedRow(live, message, { id: '', type: kind }, phones, now);
  const person = kind === 'user' ? { ...addressesOf(chat, chatAlias), name: nameOfChat(message) } : {};
  return { row, chat, person, expiration, ...toldOf({ ...untouched, ...row }, chat) };
}

/** The event and what it tells of the message, but for what only the statement knows. */
function toldOf(row: MessageRow, chat: ChatId): Pick<UsualMessage, 'event' | 'about'> {
  if (row.direction === 'outgoing') {
    const { conversationId: _, ...about } = aboutOutgoing(row, chat);
    return { event: messageSent.name, about: { ...about, source: 'phone' } };
  }
  const { conversationId: _, content: __, ...about } = presentMessage(row);
  return { event: arrivalOf(row.type, chatKind(chat)).name, about };
}
