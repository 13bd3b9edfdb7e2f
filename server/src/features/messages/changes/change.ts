import type { IncomingMessage } from '../../../engines/port.ts';
import { dayMs } from '../../../platform/clock.ts';

const kinds = [
  ...(['edited', 'revoked', 'reaction', 'poll-vote'] as const),
  ...(['event-response', 'pinned', 'kept', 'starred'] as const),
] as const;
/** What can't be understood: nothing to show, nothing to count. */
const silent = ['deed'];
export type ChangeKind = (typeof kinds)[number];

/** What somebody did to a message. Who did it is told by the stanza that brought it, never by what is inside. */
export interface Change {
  kind: ChangeKind;
  /** WhatsApp's id of the message it is about; only one of the same conversation is meant. */
  targetId: string;
  content: Record<string, unknown>;
  /** What decides which of two changes by one person is the later one. */
  at: Date;
}

/** Whether it is no message of its own. */
export function isChange({ content }: IncomingMessage): boolean {
  return [...kinds, ...silent].includes(content.type);
}

/** Undefined for what names no message, and for what shows nothing. */
export function changeOf(message: IncomingMessage): Change | undefined {
  const { type, targetId, sentAt, ...content } = message.content;
  const kind = kinds.find((one) => one === type);
  if (!kind || typeof targetId !== 'string' || targetId === '') return undefined;
  const at = sentAt instanceof Date ? sentAt : undefined;
  return { kind, targetId, content, at: momentOf(message.timestamp, at) };
}

const aheadMsMax = 60_000;
const behindMsMax = 30 * dayMs;

/**
 * The sender's own clock tells milliseconds, and the same again when a message is sent anew; the network's tells
 * seconds, of its last delivery. What the sender says counts as long as it can be true.
 */
function momentOf(network: Date, sender: Date | undefined): Date {
  const apartMs = sender ? sender.getTime() - network.getTime() : Number.NaN;
  return sender && apartMs < aheadMsMax && apartMs > -behindMsMax ? sender : network;
}
