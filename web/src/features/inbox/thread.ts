import type { Message } from '@multiwa/sdk';

/** A stretch of a conversation without holes, old to new, as far as it was read. */
export interface Thread {
  messages: readonly Message[];
  hasOlder: boolean;
  hasNewer: boolean;
}

/** So many messages are held at once, however long a conversation is. */
export const windowMax = 1_000;

export type Status = Message['status'];

/** A status never goes back: what comes late is from before. */
const ranks: Record<Status, number> = {
  ...{ received: 0, queued: 0, sending: 1, failed: 2, expired: 2, cancelled: 2 },
  ...{ sent: 3, delivered: 4, read: 5, played: 6 },
};

/** Whether a message that stands at `before` can come to stand at `next`. */
export const goesOn = (before: Status, next: Status): boolean => ranks[next] > ranks[before];

function inOrder(one: Message, other: Message): number {
  const apart = Date.parse(one.timestamp) - Date.parse(other.timestamp);
  return apart || one.createdAt.localeCompare(other.createdAt) || one.id.localeCompare(other.id);
}

/** Of the same message read twice, the later reading; its status stands where the further one says. */
function newer(known: Message, read: Message): Message {
  return goesOn(read.status, known.status) && known.updatedAt > read.updatedAt
    ? { ...read, status: known.status }
    : read;
}

/** All of these messages, each once and in order. */
function joined(known: readonly Message[], more: readonly Message[]): Message[] {
  const byId = new Map(known.map((message) => [message.id, message]));
  for (const message of more) {
    const before = byId.get(message.id);
    byId.set(message.id, before ? newer(before, message) : message);
  }
  return [...byId.values()].sort(inOrder);
}

/** A page as the thread that it begins. */
export const threadOf = (page: { messages: Message[]; hasMore: boolean; hasNewer: boolean }): Thread => ({
  messages: page.messages,
  hasOlder: page.hasMore,
  hasNewer: page.hasNewer,
});

/** The newest page read anew: it goes on behind what is held, or takes its place where there is a hole between. */
export function withNewest(thread: Thread | undefined, fresh: Thread): Thread {
  const [first] = fresh.messages;
  if (!thread || !first || thread.hasNewer) return fresh;
  const from = thread.messages.findIndex(({ id }) => id === first.id);
  if (from < 0 && fresh.hasOlder) return fresh;
  const last = fresh.messages.at(-1) ?? first;
  // What the server no longer has among its newest is gone; what came while it answered is not.
  const before = from < 0 ? [] : thread.messages.slice(0, from);
  const behind = thread.messages.filter((message) => inOrder(message, last) > 0);
  const known = thread.messages.filter(({ id }) => fresh.messages.some((each) => each.id === id));
  return {
    messages: joined([...before, ...known, ...behind], fresh.messages),
    hasOlder: from < 0 ? fresh.hasOlder : thread.hasOlder,
    hasNewer: false,
  };
}

/** With an older page before it; what is over the bound leaves at the new end. */
export function withOlder(thread: Thread, page: Thread): Thread {
  const messages = joined(thread.messages, page.messages);
  const isOver = messages.length > windowMax;
  return {
    messages: isOver ? messages.slice(0, windowMax) : messages,
    hasOlder: page.hasOlder,
    hasNewer: thread.hasNewer || isOver,
  };
}

/** With a newer page behind it; what is over the bound leaves at the old end. */
export function withNewer(thread: Thread, page: Thread): Thread {
  const messages = joined(thread.messages, page.messages);
  const isOver = messages.length > windowMax;
  return {
    messages: isOver ? messages.slice(-windowMax) : messages,
    hasOlder: thread.hasOlder || isOver,
    hasNewer: page.hasNewer,
  };
}

/** With a message that came or was sent; one that stands where nothing was read yet is left for later. */
export function withMessage(thread: Thread, message: Message): Thread {
  const { messages, hasOlder, hasNewer } = thread;
  const [first, last] = [messages[0], messages.at(-1)];
  const isKnown = messages.some(({ id }) => id === message.id);
  if (!isKnown && hasNewer && last && inOrder(last, message) < 0) return thread;
  if (!isKnown && hasOlder && first && inOrder(message, first) < 0) return thread;
  return { ...thread, messages: joined(messages, [message]) };
}

/** With one message changed; the same thread when it is not in it, or nothing changes. */
export function withChange(thread: Thread, id: string, change: (message: Message) => Message): Thread {
  const at = thread.messages.findIndex((message) => message.id === id);
  const known = thread.messages[at];
  if (!known) return thread;
  const changed = change(known);
  return changed === known ? thread : { ...thread, messages: thread.messages.with(at, changed) };
}

/** Without the messages that are deleted here. */
export function withoutMessages(thread: Thread, isGone: (message: Message) => boolean): Thread {
  const messages = thread.messages.filter((message) => !isGone(message));
  return messages.length === thread.messages.length ? thread : { ...thread, messages };
}
