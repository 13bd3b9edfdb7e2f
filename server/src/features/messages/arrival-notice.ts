import type { Notice, NoticeFacts } from '../../platform/events/notice.ts';
import { previewOf } from './kinds/kinds.ts';

interface Arrival {
  body: { profileId: string; message: Record<string, unknown>; conversation: Record<string, unknown> };
}

/** The preview is made of no more of a text than this. */
const charactersMax = 1_000;

/** Notices of a conversation are one until it is read. */
export const conversationTopic = (id: string) => `conversation ${id}`;

/**
 * What members are notified of when something came in: one notice for a conversation until it is read, for everybody or for
 * the one it was given to. Nothing of a muted one, of what is no news, and of calls that were taken elsewhere.
 */
export function arrivalNotice({ body }: Arrival, { now }: NoticeFacts): Notice | undefined {
  const { message, conversation } = body;
  if (message.direction === 'outgoing' || message.status === 'read' || isMuted(conversation, now)) return;
  const content = (message.content ?? {}) as Record<string, unknown>;
  const said = previewOf(String(message.type), content).slice(0, charactersMax);
  const sender = message.senderName ?? message.senderJid;
  return {
    kind: 'message',
    title: String(conversation.name ?? message.senderName ?? conversation.jid),
    body: conversation.type === 'group' && sender ? `${sender}: ${said}` : said,
    metadata: {
      profileId: body.profileId,
      conversationId: conversation.id,
      messageId: message.id,
      senderJid: message.senderJid,
    },
    topic: conversationTopic(String(conversation.id)),
    onlyTo: typeof conversation.assignedUserId === 'string' ? conversation.assignedUserId : undefined,
  };
}

function isMuted({ isMuted: muted, mutedUntil }: Record<string, unknown>, now: Date): boolean {
  return muted === true && (typeof mutedUntil !== 'string' || new Date(mutedUntil) > now);
}
