import type { ChatId } from '../../platform/chat-id.ts';
import { later } from '../../platform/clock.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import type { ReadyMessage } from './keep.sql.ts';

/** What the sending policy says of a message that is no campaign's, in the transaction that keeps it. */
export type Gate = (
  tx: Tx,
  message: { organizationId: string; profileId: string; chat: ChatId; content: unknown },
) => Promise<{ is: 'send' } | { is: 'defer'; until: Date; code: string } | { is: 'skip'; code: string }>;

/**
 * Lets a message through, or puts it off until it may be sent.
 * @throws Failure SENDING_POLICY when it may not be sent to this person at all
 */
export async function passed(tx: Tx, gate: Gate, message: ReadyMessage): Promise<ReadyMessage> {
  const { organizationId, profileId, chat, content } = message;
  const verdict = await gate(tx, { organizationId, profileId, chat, content });
  if (verdict.is === 'skip') {
    throw new Failure('SENDING_POLICY', {
      says: `The sending policy of the profile forbids this message: ${verdict.code}.`,
      details: [{ path: '/to', problem: verdict.code }],
    });
  }
  if (verdict.is === 'send' || (message.dueAt && message.dueAt >= verdict.until)) return message;
  const validMs = message.expiresAt.getTime() - (message.dueAt ?? message.acceptedAt).getTime();
  return { ...message, dueAt: verdict.until, expiresAt: later(verdict.until, validMs) };
}
