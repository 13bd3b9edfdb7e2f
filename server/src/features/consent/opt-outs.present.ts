import { phoneOf, storedChat } from '../../platform/chat-id.ts';
import type { OptOutRow } from './opt-outs.store.ts';

/** An opt-out as clients see it; of somebody who was forgotten neither number nor chat. */
export function presentOptOut(row: OptOutRow) {
  const chatId = row.source === 'erasure' ? null : row.chat;
  return {
    id: row.id,
    profileId: row.profile_id,
    chatId,
    phone: (chatId && phoneOf(storedChat(chatId))) ?? null,
    scope: row.scope,
    source: row.source,
    messageId: row.message_id,
    at: row.at.toISOString(),
    revokedAt: row.revoked_at?.toISOString() ?? null,
  };
}
