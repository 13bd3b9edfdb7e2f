import type { AnswerPower } from '../../../engines/port.ts';
import { type ChatId, lidOf } from '../../../platform/chat-id.ts';
import type { ConversationRow } from '../../conversations/index.ts';
import type { MessageRow } from '../messages.present.ts';
import { afterResponse, afterVote, opened } from './answers.ts';
import { authorKey, authorOf, knownAs, type Phones } from './authors.ts';
import type { AlteredMessage, Target } from './changes.store.ts';
import { type Altered, afterEdit, afterReaction, afterRevoke, type ChangeRow } from './effects.ts';
import { afterKeep, afterPin, afterStar } from './marks.ts';

/** A change that altered its message: what the event tells. */
export interface Effect {
  change: ChangeRow;
  message: MessageRow;
  /** Whether one message fewer is unread now. */
  wasUnread: boolean;
}

/** Who may revoke what others wrote, by conversation; a group that is missing was not asked yet. */
export type Admins = ReadonlyMap<string, ReadonlySet<string>>;

export interface BookOf {
  conversations: readonly ConversationRow[];
  messages: readonly MessageRow[];
  changes: readonly ChangeRow[];
  phones: Phones;
  admins?: Admins;
  /** Opens answers that came sealed. */
  answers?: AnswerPower | undefined;
}

type Verdict = Partial<Altered> | 'nothing' | 'refused' | 'unknown';

const keyOf = (one: { conversation_id: string; target_id: string }) =>
  `${one.conversation_id} ${one.target_id}`;

/**
 * Some messages and all that was done to them. Of what one person does to one message the latest counts, whatever
 * the order of arrival, so nothing is applied twice and nothing too early: what comes before its message waits.
 */
export function createBook({ phones, admins, answers, ...given }: BookOf) {
  const conversations = new Map(given.conversations.map((row) => [row.id, row]));
  const messages = new Map(given.messages.map((row) => [messageKey(row), withKnownNames(row, phones)]));
  const latest = new Map<string, ChangeRow>();
  const kept = new Set<string>();
  const unread = new Set<string>();
  const altered = new Set<string>();
  const effects: Effect[] = [];

  const registerOf = (change: ChangeRow) => `${keyOf(change)} ${change.kind} ${change.author_key}`;

  /** The author by the name that is known by now; it may have been stored under another. */
  function named(change: ChangeRow): ChangeRow {
    const conversation = conversations.get(change.conversation_id);
    const fromMe = change.author_key === 'me';
    const author = knownAs(change.author, phones);
    return conversation
      ? { ...change, author, author_key: authorKey(conversation, { fromMe, author }, phones) }
      : change;
  }

  for (const row of given.changes) {
    const change = named(row);
    latest.set(registerOf(change), change);
  }

  function judge(change: ChangeRow, message: MessageRow): Verdict {
    const conversation = conversations.get(change.conversation_id);
    if (!conversation) return 'refused';
    const isOwn = authorOf(conversation, message, phones) === change.author_key;
    if (change.kind === 'reaction') return afterReaction(message, change) ?? 'nothing';
    if (change.kind === 'poll-vote') return afterVote(message, change, answers) ?? 'nothing';
    if (change.kind === 'event-response') return afterResponse(message, change, answers) ?? 'nothing';
    if (change.kind === 'pinned') return afterPin(message, change) ?? 'nothing';
    if (change.kind === 'kept') return afterKeep(message, change) ?? 'nothing';
    // Only what our own devices tell: nobody else can.
    if (change.kind === 'starred') {
      return change.author_key === 'me' ? (afterStar(message, change) ?? 'nothing') : 'refused';
    }
    if (change.kind === 'edited') return isOwn ? (afterEdit(message, change) ?? 'nothing') : 'refused';
    // Our own phone lets us take back what others wrote only where we may.
    if (isOwn || change.author_key === 'me') return afterRevoke(message, change) ?? 'nothing';
    if (conversation.type !== 'group') return 'refused';
    const mayRevoke = admins?.get(conversation.id);
    if (!mayRevoke) return 'unknown';
    return mayRevoke.has(change.author_key) ? (afterRevoke(message, change) ?? 'nothing') : 'refused';
  }

  function alter(message: MessageRow, change: ChangeRow, to: Partial<Altered>): void {
    const key = keyOf(change);
    const after = { ...message, ...to };
    const wasUnread =
      change.kind === 'revoked' && message.direction === 'incoming' && message.status === 'received';
    if (wasUnread) unread.add(key);
    messages.set(key, after);
    altered.add(key);
    effects.push({ change, message: after, wasUnread });
  }

  function decide(change: ChangeRow): void {
    const message = messages.get(keyOf(change));
    const open = message && opened(message, change, answers);
    const verdict = !message ? 'unknown' : open ? judge(open, message) : 'nothing';
    const register = registerOf(change);
    latest.set(register, { ...change, waiting: verdict === 'unknown' });
    kept.add(register);
    if (message && open && typeof verdict === 'object') alter(message, open, verdict);
  }

  return {
    effects: effects as readonly Effect[],

    /** What came just now. Twice is once, and what is older than what we know changes nothing. */
    take(arrived: ChangeRow): void {
      const change = named(arrived);
      const before = latest.get(registerOf(change));
      if (!before || isLater(change, before)) decide(change);
    },

    /** What waited for its message, or to be known as allowed. */
    resume(): void {
      for (const change of [...latest.values()]) if (change.waiting) decide(change);
    },

    /** Conversations in which somebody took back what another wrote, and who may is not known. */
    unsure(): ConversationRow[] {
      const open = [...latest.values()].filter((one) => one.waiting && messages.has(keyOf(one)));
      const ids = new Set(open.map((one) => one.conversation_id));
      return [...ids].flatMap((id) => conversations.get(id) ?? []);
    },

    /** What is to be written. Of a message that was taken back, only that it was. */
    changes(): ChangeRow[] {
      return [...kept].flatMap((register) => {
        const change = latest.get(register);
        const isOfRevoked = change && messages.get(keyOf(change))?.revoked_at;
        return change && (change.kind === 'revoked' || !isOfRevoked) ? [change] : [];
      });
    },
    altered(): AlteredMessage[] {
      return [...altered].flatMap((key) => {
        const message = messages.get(key);
        return message ? [{ ...alteredOf(message), was_unread: unread.has(key) }] : [];
      });
    },
    revoked(): Target[] {
      return effects
        .filter(({ change }) => change.kind === 'revoked')
        .map(({ change }) => ({ conversationId: change.conversation_id, targetId: change.target_id }));
    },
  };
}

export type Book = ReturnType<typeof createBook>;

const messageKey = (row: MessageRow) =>
  keyOf({ conversation_id: row.conversation_id, target_id: row.wa_message_id });

function isLater(change: ChangeRow, than: ChangeRow): boolean {
  const apartMs = change.at.getTime() - than.at.getTime();
  return apartMs > 0 || (apartMs === 0 && change.wa_message_id !== than.wa_message_id);
}

function withKnownNames(message: MessageRow, phones: Phones): MessageRow {
  const reactions = message.reactions?.map((one) => ({ ...one, sender: knownAs(one.sender, phones) }));
  const answers = message.answers?.map((one) => ({ ...one, sender: knownAs(one.sender, phones) }));
  return { ...message, reactions: reactions ?? null, answers: answers ?? null };
}

function alteredOf(row: MessageRow): Altered & { id: string } {
  const { id, content, original_content, edited_at, revoked_at, revoked_by, reactions, answers, marks } = row;
  return { id, content, original_content, edited_at, revoked_at, revoked_by, reactions, answers, marks };
}

/** The linked identities that a book may know by number. */
export function lidsIn({ messages, changes }: Pick<BookOf, 'messages' | 'changes'>): string[] {
  const people = [
    ...changes.map((change) => change.author),
    ...messages.flatMap((row) => [
      row.sender,
      ...[...(row.reactions ?? []), ...(row.answers ?? [])].map((one) => one.sender),
    ]),
  ];
  const lids = people.map((person) => (person === null ? undefined : lidOf(person as ChatId)));
  return [...new Set(lids.filter((lid) => lid !== undefined))];
}
