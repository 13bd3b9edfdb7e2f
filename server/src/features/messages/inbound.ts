import type { IncomingMessage, Settle } from '../../engines/port.ts';
import { chatKind, storedChat } from '../../platform/chat-id.ts';
import type { Clock } from '../../platform/clock.ts';
import { once } from '../../platform/concurrency/once.ts';
import { afterCommit, type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { troubleOf } from '../../platform/db/trouble.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { Log } from '../../platform/log.ts';
import type { Tracing } from '../../platform/tracing/tracing.ts';
import { phonesOfLids, tellOfPeople } from '../contacts/index.ts';
import {
  type ConversationRow,
  learnChats,
  learnExpiration,
  lockInOrder,
  resolveConversation,
} from '../conversations/index.ts';
import type { Live } from '../profiles/index.ts';
import { adopt } from './adopt.store.ts';
import { withKnownPeople } from './arrived-content.ts';
import { factOf, withCounts } from './arrived-facts.ts';
import { arrivedRow, lidsIn, nameOfChat, senderOf } from './arrived-row.ts';
import { isChange } from './changes/change.ts';
import type { Changes } from './changes/changes.ts';
import { comeAgain } from './come-again.store.ts';
import type { ArrivedFiles } from './files/keep-files.ts';
import type { Groups } from './groups.ts';
import type { MessageStore } from './messages.store.ts';
import { createNames } from './names.ts';
import { standIn } from './stand-in.ts';
import type { StatusUpdates } from './status-updates.ts';
import { createUsual } from './usual.ts';

/**
 * Stores what arrives: message, conversation, contact, event and the engine's own record of it change in one
 * statement or one transaction, so a message is there once or will be brought again, never lost and never doubled.
 */
export function createInbound(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  tracing: Pick<Tracing, 'isOn' | 'span' | 'keep'>;
  store: MessageStore;
  changes: Changes;
  events: EventRecorder;
  groups: Pick<Groups, 'look'>;
  statuses: Pick<StatusUpdates, 'take'>;
  files: ArrivedFiles;
  /** Of these messages, which were stored as the past, an event tells after all; in this transaction. */
  pastTold(tx: Tx, organizationId: string, ids: readonly string[]): Promise<void>;
}) {
  const { db, clock, log, store, changes, events, groups } = deps;
  const tell = tellOfPeople(events);
  const names = createNames({ tell });
  const usual = createUsual({ ...deps, names });

  /** The conversation of each message; those that tell the same of the same chat share one look. */
  async function conversationsOf(
    tx: Tx,
    live: Live,
    messages: readonly IncomingMessage[],
    beforeLocks: (() => Promise<void>) | undefined,
  ) {
    const looked = new Map<string, ConversationRow>();
    const found: { message: IncomingMessage; conversation: ConversationRow }[] = [];
    for (const message of messages) {
      const { chat, chatAlias: alias, expiration } = message;
      if (message.content.type === 'expiration-set') {
        const fact = { chat, ...(alias && { alias }), ...(expiration && { expiration }) };
        await beforeLocks?.();
        await learnChats(tx, live.profileId, [fact], clock.now());
        looked.clear();
        continue;
      }
      const name = nameOfChat(message);
      const told = JSON.stringify([chat, alias, name]);
      const resolved =
        looked.get(told) ??
        (await resolveConversation(tx, { clock, adopt, tell }, live, chat, { alias, name, beforeLocks }));
      const conversation = await learnExpiration(tx, resolved, expiration, beforeLocks);
      looked.set(told, conversation);
      found.push({ message, conversation });
    }
    return found;
  }

  /** Nobody waits for it: the messages are stored, and the name comes after. */
  function lookAtNew(live: Live, conversations: Iterable<ConversationRow>): void {
    for (const { type, name, chat } of conversations) {
      if (type === 'group' && name === null) void groups.look(live, storedChat(chat));
    }
  }

  /** In one statement where that is all there is to do, or else in a transaction. */
  async function storeAll(live: Live, messages: readonly IncomingMessage[], settle: Settle): Promise<void> {
    if (!deps.tracing.isOn) return storeUntraced(live, messages, settle);
    const { organizationId, profileId } = live;
    await deps.tracing.span('message receive', { kind: 'consumer' }, () => {
      for (const { id } of messages) deps.tracing.keep({ organizationId, profileId, waMessageId: id });
      return storeUntraced(live, messages, settle);
    });
  }

  async function storeUntraced(
    live: Live,
    messages: readonly IncomingMessage[],
    settle: Settle,
  ): Promise<void> {
    const newGroups = await usual.store(live, messages, settle, clock.now());
    if (!newGroups) return storeInTransaction(live, messages, settle);
    for (const chat of newGroups) void groups.look(live, storedChat(chat));
  }

  async function storeInTransaction(
    live: Live,
    messages: readonly IncomingMessage[],
    settle: Settle,
  ): Promise<void> {
    await inTransaction(db, async (tx) => {
      const written = messages.filter((message) => !isStatus(message));
      const lockAll = once(() => lockInOrder(tx, live.profileId, chatsOf(messages)));
      await names.learn(tx, live, messages, { now: clock.now(), beforeLocks: lockAll });
      const found = await conversationsOf(tx, live, written, written.length > 1 ? lockAll : undefined);
      const phones = await phonesOfLids(tx, live.profileId, lidsIn(messages));
      const posted = messages.filter(isStatus);
      await deps.statuses.take(
        tx,
        live,
        posted.map((message) => ({ message, author: senderOf(message, phones) })),
      );
      const [changed, news] = separate(found);
      const conversations = new Map<string, ConversationRow>();
      const byId = new Map<string, IncomingMessage>();
      const rows = news.map(({ message, conversation }) => {
        const row = arrivedRow(live, message, conversation, phones, clock.now());
        conversations.set(row.id, conversation);
        byId.set(row.id, message);
        return row;
      });
      if (changed.length > 0 && rows.length > 0) {
        await changes.lock(
          tx,
          found.map(({ conversation }) => conversation),
        );
      }
      const arrived = rows.length > 0 ? await store.insertArrived(tx, rows) : [];
      const isStored = new Set(arrived.map(({ id }) => id));
      const again = rows.filter(({ id }) => !isStored.has(id));
      const known = again.length > 0 ? await comeAgain(tx, again) : [];
      const repaired = known.filter(({ isRepaired }) => isRepaired).map(({ row }) => row);
      const past = known.filter(({ isRepaired }) => !isRepaired).map(({ row }) => row.id);
      if (repaired.length > 0) await changes.nowKnown(tx, repaired);
      if (past.length > 0) await deps.pastTold(tx, live.organizationId, past);
      const stored = new Map([...byId].filter(([id]) => isStored.has(id)));
      for (const { cameAs, row, isRepaired } of known) {
        const [message, conversation] = [byId.get(cameAs), conversations.get(cameAs)];
        if (message && isRepaired) stored.set(row.id, message);
        if (conversation) conversations.set(row.id, conversation);
      }
      const kept = await deps.files.keep(tx, live, stored, clock.now());
      const hasFiles = (past.length > 0 && (await deps.files.fetchNow(tx, past, clock.now()))) || kept;
      const done = await changes.apply(
        tx,
        live,
        changed.map(({ message, conversation }) => ({
          message: withKnownPeople(message, phones),
          conversation,
          author: senderOf(message, phones),
        })),
        [...arrived, ...repaired],
      );
      await settle(tx, messages);
      const facts = [...withCounts(arrived), ...known.map(({ row }) => row)].flatMap((row) => {
        const conversation = conversations.get(row.id);
        return conversation ? [factOf(live, row, conversation)] : [];
      });
      await events.recordAll(tx, [...facts, ...done]);
      afterCommit(tx, () => {
        lookAtNew(live, conversations.values());
        if (hasFiles) deps.files.came(live.profileId);
      });
    });
  }

  /** Shows in the message's place that it could not be stored, and why; it is settled, and will not come again. */
  async function setAside(
    live: Live,
    message: IncomingMessage,
    settle: Settle,
    error: unknown,
  ): Promise<void> {
    const { profileId } = live;
    const settleIt: Settle = (tx) => settle(tx, [message]);
    const shown =
      !isChange(message) &&
      (await storeAll(live, [standIn(message, clock.now())], settleIt).then(succeeded, ofData));
    const about = { err: error, profileId, id: message.id.slice(0, 128) };
    if (shown) return log.warn(about, 'a message could not be stored; one of type unsupported shows it');
    await inTransaction(db, (tx) => settleIt(tx, [message]));
    log.error(about, 'a message could not be stored, nor anything in its place');
  }

  async function receivedAlone(live: Live, message: IncomingMessage, settle: Settle): Promise<void> {
    // Twice, for a constraint may also break because somebody else wrote the same at the same moment.
    if (await storeAll(live, [message], settle).then(succeeded, ofData)) return;
    try {
      await storeAll(live, [message], settle);
    } catch (error) {
      if (troubleOf(error) !== 'data') throw error;
      await setAside(live, message, settle, error);
    }
  }

  return {
    /**
     * Stores a batch in order, in one transaction and as few statements for many as for one. When its data are
     * refused, one by one: what can't be stored for its own data is set aside and holds up none of the others. It
     * throws only what may pass.
     */
    async received(live: Live, messages: IncomingMessage[], settle: Settle): Promise<void> {
      if (messages.length > 1 && (await storeAll(live, messages, settle).then(succeeded, ofData))) return;
      for (const message of messages) await receivedAlone(live, message, settle);
    },
  };
}

const isStatus = ({ chat }: IncomingMessage) => chatKind(chat) === 'status';
/** Every chat that storing these may change: a name that is learnt in a group is that of the sender's own chat, too. */
const chatsOf = (messages: readonly IncomingMessage[]) =>
  messages
    .flatMap(({ chat, chatAlias, sender }) => [chat, chatAlias, sender.phone, sender.lid])
    .filter((chat) => chat !== undefined);

const succeeded = () => true;

/** Failed for its data; anything else is thrown. */
function ofData(error: unknown): false {
  if (troubleOf(error) !== 'data') throw error;
  return false;
}

/** What is done to messages, and messages. */
function separate<Found extends { message: IncomingMessage }>(found: readonly Found[]): [Found[], Found[]] {
  const changed = found.filter(({ message }) => isChange(message));
  return [changed, found.filter((one) => !changed.includes(one))];
}

export type Inbound = ReturnType<typeof createInbound>;
