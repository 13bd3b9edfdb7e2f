import type { Json } from '../../../platform/db/json-column.ts';
import type { Tenancy } from '../../../platform/tenancy.ts';
import type { Turn } from '../client/models.ts';

interface StoredMessage {
  id: string;
  direction: string;
  content: Json;
  revoked_at: Date | null;
}
/** The newest messages of a conversation, newest first. */
export type LatestMessages = (
  tenancy: Tenancy,
  conversationId: string,
  limit: number,
) => Promise<StoredMessage[]>;

export type History = (
  tenancy: Tenancy,
  conversationId: string,
  /** It is answered: only what was said before it counts. */
  messageId?: string,
) => Promise<{ turns: Turn[]; isOvertaken: boolean }>;

const messagesMax = 12;
const after = 20;

/**
 * What was said in a conversation, oldest first, in words. `isOvertaken` says that the person has written again since the
 * message.
 */
export function historyOf(latest: LatestMessages): History {
  return async (tenancy, conversationId, messageId) => {
    const newestFirst = await latest(tenancy, conversationId, messagesMax + after);
    const at = messageId === undefined ? -1 : newestFirst.findIndex(({ id }) => id === messageId);
    const isOvertaken = at > 0 && newestFirst.slice(0, at).some(({ direction }) => direction === 'incoming');
    const turns = newestFirst
      .slice(at + 1, at + 1 + messagesMax)
      .toReversed()
      .flatMap(({ direction, content, revoked_at }): Turn[] => {
        const text = revoked_at ? undefined : (content.text ?? content.caption);
        if (typeof text !== 'string' || text.trim() === '') return [];
        return [{ role: direction === 'incoming' ? 'user' : 'assistant', text }];
      });
    return { turns, isOvertaken };
  };
}
