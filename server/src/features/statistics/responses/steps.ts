import type { RecordedEvent } from '../../../platform/events/define.ts';
import { isUuid } from '../../../platform/ids.ts';

export type AnsweredBy = 'person' | 'automation';

/** Somebody asked in a direct chat, or was answered. */
export interface Step {
  profileId: string;
  organizationId: string;
  conversationId: string;
  messageId: string;
  at: Date;
  /** Absent: it asks. */
  by?: AnsweredBy;
}

/** What nobody wrote because of a question is no answer to it. */
const unasked = new Set(['schedule', 'bulk', 'broadcast', 'status']);
const automatic = new Set(['automation', 'ai', 'hook', 'typebot']);

type Body = Record<string, unknown>;

/** Undefined for events that neither ask nor answer. */
export function stepOf(event: RecordedEvent): Step | undefined {
  const { name, body, profileId } = event;
  if (!profileId) return undefined;
  if (name === 'message.received') {
    const { message, conversation } = body as { message?: Body; conversation?: Body };
    if (!message || conversation?.type !== 'user') return undefined;
    return step(event, profileId, { ...message, messageId: message.id });
  }
  if (name !== 'message.queued' && !(name === 'message.sent' && body.source === 'phone')) return undefined;
  const kind = String((body.origin as Body | null)?.kind ?? '');
  if (unasked.has(kind)) return undefined;
  return step(event, profileId, body, automatic.has(kind) ? 'automation' : 'person');
}

function step(event: RecordedEvent, profileId: string, facts: Body, by?: AnsweredBy): Step | undefined {
  const { messageId, conversationId } = facts;
  const at = new Date(String(facts.timestamp));
  if (typeof messageId !== 'string' || !isUuid(messageId)) return undefined;
  if (typeof conversationId !== 'string' || !isUuid(conversationId)) return undefined;
  if (Number.isNaN(at.getTime())) return undefined;
  return {
    profileId,
    organizationId: event.organizationId,
    conversationId,
    messageId,
    at,
    ...(by && { by }),
  };
}
