import type { IncomingMessage, Past } from '../../../engines/port.ts';
import { type ChatId, lidChat, lidOf } from '../../../platform/chat-id.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Vault } from '../../../platform/crypto.ts';
import { afterCommit, type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import { troubleOf } from '../../../platform/db/trouble.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import type { Log } from '../../../platform/log.ts';
import { type PersonFact, phonesOfLids, syncedEvent, tellOfPeople } from '../../contacts/index.ts';
import {
  type ConversationRow,
  conversationsOfChats,
  learnChats,
  learnNames,
  lockInOrder,
  resolveConversation,
} from '../../conversations/index.ts';
import { advanceHistory, type Live } from '../../profiles/index.ts';
import { adopt } from '../adopt.store.ts';
import { withKnownPeople } from '../arrived-content.ts';
import { arrivedRow, lidsIn, senderOf } from '../arrived-row.ts';
import type { Phones } from '../changes/authors.ts';
import { isChange } from '../changes/change.ts';
import type { Changes } from '../changes/changes.ts';
import { ofThePast } from '../come-again.store.ts';
import type { FileStore } from '../files/files.store.ts';
import { sealedFor } from '../files/keep-files.ts';
import type { MessageStore } from '../messages.store.ts';
import { awaitedStars } from '../told/told.ts';
import { incomingIn, removedOf } from './past.store.ts';

/** Contacts that a part of the past made or changed. */
interface Counts {
  created: number;
  updated: number;
}

type Told = Past['messages'][number] & { conversation: ConversationRow };

/**
 * Stores what a phone tells of the past: messages that nobody is notified of. What is there already stays as it is, and what
 * was deleted here does not come back. Told twice it is stored once.
 */
export function createPast(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  vault: Vault;
  store: Pick<MessageStore, 'insertArrived'>;
  files: Pick<FileStore, 'insert'>;
  changes: Pick<Changes, 'lock' | 'apply'>;
  events: EventRecorder;
  /** Messages were stored that no event tells of. */
  stored(tx: Tx, organizationId: string, ids: readonly string[]): Promise<void>;
  /** A question was answered. */
  answered(question: string): void;
}) {
  const { db, clock, log, vault, store, changes } = deps;
  const tell = tellOfPeople(deps.events);

  /** The conversation of each chat, by the name that the phone uses; and how many are new. */
  async function conversationsOf(tx: Tx, live: Live, chats: Past['chats'], counts: Counts) {
    const { profileId } = live;
    const names = chats.flatMap(({ chat, alias }) => [chat, ...(alias ? [alias] : [])]);
    const known = await conversationsOfChats(tx, profileId, names);
    const resolving = {
      ...{ clock, adopt },
      // One event tells of all that a part brings, but for those that are gone from now on.
      tell: async (_: Tx, facts: readonly PersonFact[]) => {
        counts.created += facts.filter(({ is }) => is === 'created').length;
        counts.updated += facts.filter(({ is }) => is === 'updated').length;
        await tell(
          tx,
          facts.filter(({ is }) => is === 'merged'),
        );
      },
    };
    const found = new Map<string, ConversationRow>();
    let news = 0;
    for (const { chat, alias, name } of chats) {
      const row = known.get(chat) ?? (alias && known.get(alias));
      if (!row) news += 1;
      // A person's name is that of an address book; what they call themselves goes before it.
      const more = { alias, ...(!row && { name }) };
      const isSettled = row && !row.unreached && knowsBoth(row, chat, alias);
      found.set(chat, isSettled ? row : await resolveConversation(tx, resolving, live, chat, more));
    }
    await learnChats(tx, profileId, chats, clock.now());
    return { found, news };
  }

  /** Of the newest messages that the phone has shown to nobody, those that are not here yet; by their ids. */
  async function unreadOf(tx: Tx, messages: readonly Told[], chats: ReadonlyMap<string, number>) {
    const bounds = new Map(
      messages.flatMap(({ message, conversation }) => {
        const unread = chats.get(message.chat) ?? 0;
        return unread > 0 ? [[conversation.id, unread] as const] : [];
      }),
    );
    const unread = new Set<IncomingMessage>();
    if (bounds.size === 0) return unread;
    const here = await incomingIn(tx, bounds);
    for (const [id, most] of bounds) {
      const theirs = messages.filter(
        ({ message, conversation }) => conversation.id === id && !message.fromMe && !isChange(message),
      );
      const newest = theirs.toSorted((a, b) => b.message.timestamp.getTime() - a.message.timestamp.getTime());
      const left = Math.max(0, most - (here.get(id) ?? 0));
      for (const { message } of newest.slice(0, left)) unread.add(message);
    }
    return unread;
  }

  function rowOf(live: Live, one: Told, isUnread: boolean, phones: Phones) {
    const { message, conversation, status } = one;
    const row = arrivedRow(live, message, conversation, phones, clock.now());
    const seen = message.fromMe ? (status ?? row.status) : isUnread ? row.status : 'read';
    return { ...row, status: seen, metadata: JSON.stringify(ofThePast) };
  }

  /** They lie at WhatsApp until somebody asks for them. */
  async function keepFiles(tx: Tx, live: Live, stored: ReadonlyMap<string, IncomingMessage>): Promise<void> {
    const rows = [...stored].flatMap(([id, { file }]) =>
      file
        ? {
            ...{ message_id: id, organization_id: live.organizationId, profile_id: live.profileId },
            reference: vault.sealText(file.reference, sealedFor(id)),
            ...{ said_bytes: file.bytes ?? null, said_mimetype: file.mimetype ?? null },
            ...{ state: 'waiting' as const, due_at: null, attempts: 0, created_at: clock.now() },
          }
        : [],
    );
    await deps.files.insert(tx, rows);
  }

  async function storeMessages(
    tx: Tx,
    live: Live,
    past: Past,
    counts: Counts,
  ): Promise<{ messages: number; news: number }> {
    if (past.chats.length === 0) return { messages: 0, news: 0 };
    const ids = past.messages.map(({ message }) => targetOf(message));
    const removed = await removedOf(tx, live.profileId, ids);
    const left = past.messages.filter(({ message }) => !removed.has(targetOf(message)) && isShown(message));
    const spoken = new Set(left.map(({ message }) => message.chat));
    const told = past.chats.flatMap((chat) => {
      const name = [chat.chat, chat.alias].find((one) => one && spoken.has(one));
      return name
        ? [{ ...chat, chat: name, alias: [chat.chat, chat.alias].find((one) => one !== name) }]
        : [];
    });
    const chats = told.map(({ alias, ...chat }) => ({ ...chat, ...(alias && { alias }) }));
    if (chats.length === 0) return { messages: 0, news: 0 };
    const { found, news } = await conversationsOf(tx, live, chats, counts);
    const phones = await phonesOfLids(tx, live.profileId, lidsIn(left.map(({ message }) => message)));
    const all = left.flatMap((one): Told[] => {
      const conversation = found.get(one.message.chat);
      return conversation ? [{ ...one, conversation }] : [];
    });
    await changes.lock(tx, [...found.values()]);
    const unread = await unreadOf(tx, all, new Map(chats.map((chat) => [chat.chat, chat.unread])));
    const messages = all.filter(({ message }) => !isChange(message));
    const byId = new Map<string, IncomingMessage>();
    const rows = messages.map((one) => {
      const row = rowOf(live, one, unread.has(one.message), phones);
      byId.set(row.id, one.message);
      return row;
    });
    // Of two in one statement the one with the lower number counts as older.
    const stored = rows.length > 0 ? await store.insertArrived(tx, rows.toReversed()) : [];
    const isStored = new Set(stored.map(({ id }) => id));
    await deps.stored(tx, live.organizationId, [...isStored]);
    await keepFiles(tx, live, new Map([...byId].filter(([id]) => isStored.has(id))));
    const changed = all.filter(({ message }) => isChange(message));
    // What happened long ago is no event.
    await changes.apply(
      tx,
      live,
      [
        ...changed.map(({ message, conversation }) => ({
          message: withKnownPeople(message, phones),
          conversation,
          author: senderOf(message, phones),
        })),
        ...(await awaitedStars(tx, live, chatsByName(found))),
      ],
      stored,
    );
    return { messages: stored.length, news };
  }

  async function storeAll(live: Live, past: Past, settle: (tx: Tx) => Promise<void>): Promise<void> {
    await inTransaction(db, async (tx) => {
      await lockInOrder(tx, live.profileId, chatsOf(past));
      const people = past.people.flatMap(({ name, ...person }) => (name ? [{ ...person, name }] : []));
      const named = people.length > 0 ? await learnNames(tx, live.profileId, people, clock.now()) : [];
      const counts = { created: 0, updated: named.length };
      const { messages, news } = await storeMessages(tx, live, past, counts);
      await deps.events.recordAll(tx, syncedEvent(live, { source: 'history', ...counts }));
      const { percent, answers } = past;
      await advanceHistory(tx, { events: deps.events, now: clock.now() }, live, {
        ...{ messages, conversations: news, isAsked: answers !== undefined },
        ...(percent !== undefined && { percent }),
      });
      await settle(tx);
      if (answers) afterCommit(tx, () => deps.answered(answers));
    });
  }

  return {
    /** What can't be stored for its own data is left out, and stops none of the rest. Throws only what may pass. */
    async told(live: Live, past: Past, settle: (tx: Tx) => Promise<void>): Promise<void> {
      try {
        return await storeAll(live, past, settle);
      } catch (error) {
        if (troubleOf(error) !== 'data') throw error;
      }
      for (const one of past.messages) {
        const alone = { messages: [one], chats: past.chats, people: [] };
        await storeAll(live, alone, async () => undefined).catch((err: unknown) => {
          if (troubleOf(err) !== 'data') throw err;
          log.warn(
            { err, profileId: live.profileId, id: one.message.id },
            'a message of the past is left out',
          );
        });
      }
      await storeAll(live, { ...past, messages: [], chats: [], people: [] }, settle);
    },
  };
}

export type PastStored = ReturnType<typeof createPast>;

/** Conversations by every name that a star may have for them. */
function chatsByName(found: ReadonlyMap<string, ConversationRow>): Map<string, ConversationRow> {
  const names = [...found].flatMap(([name, row]): [string, ConversationRow][] => [
    [name, row],
    [row.chat, row],
    ...(row.lid ? [[lidChat(row.lid), row] as [string, ConversationRow]] : []),
  ]);
  return new Map(names);
}

/** The message itself, or the one that it is done to. */
function targetOf(message: IncomingMessage): string {
  const { targetId } = message.content;
  return isChange(message) && typeof targetId === 'string' ? targetId : message.id;
}

const isShown = ({ content }: IncomingMessage) => content.type !== 'expiration-set';

const chatsOf = ({ chats, people, messages }: Past): ChatId[] =>
  [
    ...chats.flatMap(({ chat, alias }) => [chat, alias]),
    ...messages.flatMap(({ message }) => [message.chat, message.chatAlias]),
    ...people.flatMap(({ phone, lid }) => [phone, lid]),
  ].filter((chat) => chat !== undefined);

/** Whether a conversation goes by both of these names already. */
function knowsBoth(row: ConversationRow, chat: ChatId, alias: ChatId | undefined): boolean {
  const names = [chat, ...(alias ? [alias] : [])];
  return names.every((name) => row.chat === name || (row.lid !== null && row.lid === lidOf(name)));
}
