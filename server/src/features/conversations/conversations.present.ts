import type { ConversationRow } from './conversations.tables.ts';

export type ConversationView = ReturnType<typeof presentConversation>;

/** A conversation as clients see it. */
export function presentConversation(row: ConversationRow) {
  return {
    id: row.id,
    profileId: row.profile_id,
    contactId: row.contact_id,
    assignedUserId: row.assigned_user_id,
    jid: row.chat,
    chatId: row.chat,
    lidJid: row.lid ? `${row.lid}@lid` : null,
    name: row.name,
    type: row.type,
    expiration: row.expiration || null,
    unreadCount: row.unread_count,
    isArchived: row.is_archived,
    isMuted: row.is_muted,
    mutedUntil: row.muted_until?.toISOString() ?? null,
    isPinned: row.is_pinned,
    isMarkedUnread: row.is_marked_unread,
    status: row.status,
    snoozedUntil: row.snoozed_until?.toISOString() ?? null,
    metadata: {
      ...row.metadata,
      archived: row.is_archived,
      isMuted: row.is_muted,
      isPinned: row.is_pinned,
    } as Record<string, unknown>,
    lastMessageAt: row.last_message_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
