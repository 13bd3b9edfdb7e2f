import type { ReadyMessage } from '../keep.sql.ts';
import type { Claimed } from './outbox.store.ts';

/** A message that began to be sent while it was kept was not kept as it was taken to be; nobody was given it. */
export class NotKept extends Error {
  constructor() {
    super('The message was not kept as being sent.');
    this.name = 'NotKept';
  }
}

/** A place on the way to the server, for one message that is being kept. */
export interface Place {
  /** Of the lease under which the message will be sent. */
  generation: number;
  /** The message is kept as being sent, so it goes. */
  take(message: Claimed): void;
  /** It was put into the queue, or not kept; when it is not known what happened, the drain looks. */
  release(how?: { isKnown: boolean }): void;
}

/** What has to be known of a chat before a message to it can be encrypted. */
type Way = Pick<
  Claimed,
  'chat' | 'conversation_id' | 'address_checked_at' | 'expiration' | 'expiration_since' | 'to_new_group'
>;

const waysMax = 2000;

/**
 * Messages that can go at once are begun while the database keeps them: encrypted for the chat as it was when the last
 * message went there, and held back until they are kept. When the chat has changed meanwhile, they are made anew.
 */
export function createPlaces(deps: {
  generation: number;
  inFlight: Set<string>;
  /** Whether one more may go at once, when so many have a place and have not begun. */
  isFree(waiting: number): boolean;
  round(): number;
  /** Whether it is known where the message goes, so that nobody need be asked. */
  isReachable(message: Claimed): boolean;
  /** Sends in the line of the chat; `kept` holds its bytes back. */
  enqueue(message: Claimed, round: number, kept?: Promise<void>): void;
  leftOver(): void;
}) {
  const { inFlight } = deps;
  /** By the chat that was dialled. */
  const ways = new Map<string, Way>();
  let waiting = 0;

  function remember(dialled: string, message: Claimed): void {
    if (ways.size >= waysMax) ways.clear();
    ways.set(dialled, message);
  }

  function begin(message: ReadyMessage, round: number) {
    const way = ways.get(message.chat);
    const row = way && asClaimed(message, way);
    if (!row || row.to_new_group || !deps.isReachable(row)) return undefined;
    const kept = Promise.withResolvers<void>();
    kept.promise.catch(() => undefined);
    deps.enqueue(row, round, kept.promise);
    return { row, kept };
  }

  /** A place for a message that is about to be kept; undefined when it has to wait in the queue. */
  return (message: ReadyMessage): Place | undefined => {
    if (!deps.isFree(waiting)) return undefined;
    inFlight.add(message.id);
    const round = deps.round();
    const early = begin(message, round);
    // What has begun is counted by who sends it.
    const own = early ? 0 : 1;
    waiting += own;
    return {
      generation: deps.generation,
      take(claimed) {
        waiting -= own;
        remember(message.chat, claimed);
        if (early && isSameWay(early.row, claimed)) return early.kept.resolve();
        early?.kept.reject(new NotKept());
        deps.enqueue(claimed, round);
      },
      release({ isKnown } = { isKnown: true }) {
        waiting -= own;
        inFlight.delete(message.id);
        early?.kept.reject(new NotKept());
        if (!isKnown) deps.leftOver();
      },
    };
  };
}

function asClaimed(message: ReadyMessage, way: Way): Claimed {
  return {
    ...way,
    id: message.id,
    wa_message_id: message.waMessageId,
    type: message.type,
    content: message.content,
    original_content: null,
    status: 'sending',
    failure_code: null,
    failure_reason: null,
    expires_at: message.expiresAt,
    timestamp: message.acceptedAt,
    client_reference: message.clientReference,
  };
}

function isSameWay(one: Way, other: Way): boolean {
  return (
    one.chat === other.chat &&
    one.conversation_id === other.conversation_id &&
    one.to_new_group === other.to_new_group &&
    one.expiration === other.expiration &&
    one.expiration_since?.getTime() === other.expiration_since?.getTime()
  );
}
