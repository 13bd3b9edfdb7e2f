import type { RecordedEvent } from '../../../platform/events/define.ts';
import { isUuid } from '../../../platform/ids.ts';

/** What is counted of messages: how many there are, and how many have come so far. */
export const levels = ['n', 'sent', 'delivered', 'read', 'failed', 'expired', 'cancelled'] as const;
export type Level = (typeof levels)[number];
export type Levels = Partial<Record<Level, number>>;

/** By how much an event changes the counts, and where they stand. */
export interface Counted {
  profileId: string;
  messageId: string;
  direction: string;
  type: string;
  /** Of the message: what comes late counts on its day. */
  at: Date;
  change: Levels;
}

const arrivals = new Set(['message.received', 'channel.received', 'call.ended', 'group.changed']);
const steps = new Set([
  ...['message.queued', 'message.sent', 'message.delivered', 'message.read', 'message.failed'],
  ...['message.cancelled', 'message.requeued'],
]);

/** Whether an event may change the counts of messages. */
export const tellsOfMessage = ({ name }: Pick<RecordedEvent, 'name'>): boolean =>
  arrivals.has(name) || steps.has(name);

type Body = Record<string, unknown>;

/** What an event adds to the counts; undefined when it adds nothing. */
export function countOf(event: RecordedEvent): Counted | undefined {
  const { name, profileId, body } = event;
  if (!profileId) return undefined;
  if (arrivals.has(name)) {
    const { id, direction, type, timestamp } = (body as { message?: Body }).message ?? {};
    const facts = { messageId: id, direction, type, timestamp };
    return counted(profileId, facts, direction === 'outgoing' ? { n: 1, sent: 1 } : { n: 1 });
  }
  const change = steps.has(name) && stepOf(name, body);
  return change ? counted(profileId, { ...body, direction: 'outgoing' }, change) : undefined;
}

function stepOf(name: string, body: Body): Levels | undefined {
  const { previousStatus: before, status, source } = body;
  switch (name) {
    case 'message.queued':
      return { n: 1 };
    case 'message.sent':
      if (source === 'phone') return { n: 1, sent: 1 };
      // It was given up for want of an answer, and had come after all.
      return { sent: 1, ...(before === 'failed' && { failed: -1 }) };
    case 'message.delivered':
      return { delivered: 1 };
    case 'message.read':
      // One that is played was read before, or is now.
      if (before === 'read') return undefined;
      return { read: 1, ...(before !== 'delivered' && { delivered: 1 }) };
    case 'message.requeued':
      return before === 'expired' ? { expired: -1 } : { failed: -1 };
    case 'message.failed':
      return status === 'expired' ? { expired: 1 } : { failed: 1 };
    default:
      return { cancelled: 1 };
  }
}

function counted(profileId: string, facts: Body, change: Levels): Counted | undefined {
  const { messageId, direction, type } = facts;
  const at = new Date(String(facts.timestamp));
  if (typeof messageId !== 'string' || !isUuid(messageId) || Number.isNaN(at.getTime())) return undefined;
  return { profileId, messageId, direction: String(direction), type: String(type), at, change };
}

/** What a message that no event told of counts, as it stands. */
export function countOfRow({ direction, status }: { direction: string; status: string }): Levels {
  if (direction !== 'outgoing') return { n: 1 };
  if (status === 'failed' || status === 'expired' || status === 'cancelled') return { n: 1, [status]: 1 };
  const come = ['sent', 'delivered', 'read', 'played'].indexOf(status);
  return {
    n: 1,
    ...(come >= 0 && { sent: 1 }),
    ...(come >= 1 && { delivered: 1 }),
    ...(come >= 2 && { read: 1 }),
  };
}
