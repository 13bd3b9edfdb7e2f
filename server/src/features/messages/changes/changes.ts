import type { EngineMessageId, IncomingMessage } from '../../../engines/port.ts';
import { type ChatId, storedChat } from '../../../platform/chat-id.ts';
import type { Clock } from '../../../platform/clock.ts';
import { afterCommit, type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import type { Log } from '../../../platform/log.ts';
import { phonesOfLids } from '../../contacts/index.ts';
import type { ConversationRow } from '../../conversations/index.ts';
import type { Media } from '../../media/index.ts';
import type { Live } from '../../profiles/index.ts';
import type { MessageRow } from '../messages.present.ts';
import type { ArrivedRow } from '../messages.store.ts';
import { authorKey } from './authors.ts';
import { type Admins, type Book, createBook, lidsIn } from './book.ts';
import { changeOf } from './change.ts';
import type { ChangeStore, Target } from './changes.store.ts';
import type { ChangeRow } from './effects.ts';
import { type Fact, factsOf } from './facts.ts';

/** A change that came, where it came, and who made it. */
export interface ArrivedChange {
  message: IncomingMessage;
  conversation: ConversationRow;
  author: ChatId | null;
}

/** Whose messages; a connection opens what arrives sealed. */
type Whose = Pick<Live, 'organizationId' | 'profileId'> & { session?: Pick<Live['session'], 'answers'> };

const dueMax = 200;
/** Who is learnt to be who gathers for so long before what waited for it is looked at. */
const soonMs = 250;

/**
 * What people do to messages: edit them, take them back, react to them, vote in them. It is applied to the message it is about,
 * in whatever order the two come, and is never a message itself.
 */
export function createChanges(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  store: ChangeStore;
  events: EventRecorder;
  media: Pick<Media, 'release'>;
}) {
  const { db, clock, log, store, events } = deps;
  const running = new Map<string, { again: boolean }>();
  const soon = new WeakSet<Live>();

  function rowOf(live: Whose, { message, conversation, author }: ArrivedChange): ChangeRow[] {
    const change = changeOf(message);
    if (!change) return [];
    const { fromMe, id, sender } = message;
    return [
      {
        organization_id: live.organizationId,
        profile_id: live.profileId,
        conversation_id: conversation.id,
        target_id: change.targetId,
        kind: change.kind,
        author_key: authorKey(conversation, { fromMe, author }, new Map()),
        author,
        author_name: sender.name ?? null,
        wa_message_id: id satisfies EngineMessageId,
        content: change.content,
        waiting: true,
        at: change.at,
        created_at: clock.now(),
      },
    ];
  }

  async function open(
    tx: Tx,
    live: Whose,
    targets: Target[],
    more: { arrived?: ChangeRow[]; admins?: Admins } = {},
  ) {
    const conversations = await store.lock(
      tx,
      targets.map((target) => target.conversationId),
    );
    const messages = await store.messages(tx, live.profileId, targets);
    const changes = await store.changes(tx, targets);
    const lids = lidsIn({ messages, changes: [...changes, ...(more.arrived ?? [])] });
    const phones = await phonesOfLids(tx, live.profileId, lids);
    const book = createBook({
      conversations,
      messages,
      changes,
      phones,
      answers: live.session?.answers,
      ...(more.admins && { admins: more.admins }),
    });
    return { book, conversations };
  }

  async function write(tx: Tx, live: Whose, book: Book, conversations: ConversationRow[]): Promise<Fact[]> {
    await store.forget(tx, book.revoked());
    await store.keep(tx, book.changes());
    const altered = book.altered();
    const counted = await store.alter(tx, altered);
    const erased = altered.filter((message) => message.revoked_at && !message.content.media);
    await deps.media.release(
      tx,
      'message',
      erased.map(({ id }) => id),
    );
    return factsOf(live, book.effects, [...conversations, ...counted]);
  }

  /** Some of what is due; answers the groups whose admins must be known for the rest. */
  async function settleDue(
    live: Live,
    admins: Admins,
  ): Promise<{ unsure: ConversationRow[]; more: boolean }> {
    // Mostly nothing is due, which one statement tells.
    if ((await store.due(db, live.profileId, 1)).length === 0) return { unsure: [], more: false };
    return inTransaction(db, async (tx) => {
      const targets = await store.due(tx, live.profileId, dueMax);
      const { book, conversations } = await open(tx, live, targets, { admins });
      book.resume();
      await events.recordAll(tx, await write(tx, live, book, conversations));
      return { unsure: book.unsure(), more: targets.length === dueMax };
    });
  }

  async function settleAll(live: Live): Promise<void> {
    const admins = new Map<string, ReadonlySet<string>>();
    while (!live.ended.aborted) {
      const { unsure, more } = await settleDue(live, admins);
      if (unsure.length === 0 && !more) return;
      for (const { id, chat } of unsure) admins.set(id, await adminsOf(live, storedChat(chat)));
    }
  }

  /** Nobody where the engine has no way to ask: then only authors take back what they wrote. */
  async function adminsOf(live: Live, chat: ChatId): Promise<ReadonlySet<string>> {
    const admins = (await live.session.groups?.admins(chat)) ?? [];
    return new Set(admins.flatMap(({ phone, lid }) => [phone, lid].filter((name) => name !== undefined)));
  }

  /** Applies what waits and can be decided by now; one run at a time for each profile. */
  async function settle(live: Live): Promise<void> {
    const under = running.get(live.profileId);
    if (under) {
      under.again = true;
      return;
    }
    const run = { again: true };
    running.set(live.profileId, run);
    try {
      while (run.again && !live.ended.aborted) {
        run.again = false;
        await settleAll(live);
      }
    } catch (error) {
      if (!live.ended.aborted)
        log.warn({ err: error, profileId: live.profileId }, 'changes of messages wait');
    } finally {
      running.delete(live.profileId);
    }
  }

  async function take(
    tx: Tx,
    live: Whose,
    { changes, more = [] }: { changes: ChangeRow[]; more?: readonly Target[] },
  ): Promise<{ facts: Fact[]; isUnsure: boolean }> {
    const targets = changes.map((one) => ({ conversationId: one.conversation_id, targetId: one.target_id }));
    const { book, conversations } = await open(tx, live, [...targets, ...more], { arrived: changes });
    book.resume();
    for (const change of changes) book.take(change);
    return { facts: await write(tx, live, book, conversations), isUnsure: book.unsure().length > 0 };
  }

  /** The same soon, once for all that asks meanwhile. */
  function settleSoon(live: Live): void {
    if (soon.has(live)) return;
    soon.add(live);
    setTimeout(() => {
      soon.delete(live);
      if (!live.ended.aborted) void settle(live);
    }, soonMs);
  }

  return {
    settle: (live: Live): void => void settle(live),
    settleSoon,

    /** These messages now say what they say; what was done to them meanwhile is to be applied with what arrived. */
    nowKnown: (tx: Tx, messages: readonly MessageRow[]) =>
      store.reopenEdits(
        tx,
        messages.map((row) => ({ conversationId: row.conversation_id, targetId: row.wa_message_id })),
      ),

    /** To be called before anything of these conversations is written, by what writes messages and changes at once. */
    lock: (tx: Tx, conversations: readonly ConversationRow[]) =>
      store.lock(
        tx,
        conversations.map(({ id }) => id),
      ),

    /**
     * Applies what arrived, and what waited for the messages that arrived with it; answers what happened by that. In
     * as few statements for many as for one.
     */
    async apply(
      tx: Tx,
      live: Live,
      arrived: readonly ArrivedChange[],
      messages: readonly ArrivedRow[],
    ): Promise<Fact[]> {
      const changes = arrived.flatMap((one) => rowOf(live, one));
      const more = messages
        .filter((row) => row.is_awaited)
        .map((row) => ({ conversationId: row.conversation_id, targetId: row.wa_message_id }));
      if (changes.length + more.length === 0) return [];
      const { facts, isUnsure } = await take(tx, live, { changes, more });
      if (isUnsure) afterCommit(tx, () => void settle(live));
      return facts;
    },

    /** The same of what somebody does here to a message that is here, connected or not. */
    async applyHere(tx: Tx, whose: Whose, done: ArrivedChange): Promise<Fact[]> {
      return (await take(tx, whose, { changes: rowOf(whose, done) })).facts;
    },
  };
}

export type Changes = ReturnType<typeof createChanges>;
