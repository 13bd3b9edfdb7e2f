import { type RawBuilder, sql } from 'kysely';

const moment = (column: string) =>
  sql`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/**
 * A conversation as clients see it (`presentConversation`), as jsonb, of a row that a statement has. Written a second time
 * on purpose: the statement that changes what is counted also writes the event that tells of it.
 */
export const conversationJson = (c: string): RawBuilder<unknown> => {
  const column = (name: string) => sql.ref(`${c}.${name}`);
  return sql`jsonb_build_object(
    'id', ${column('id')}, 'profileId', ${column('profile_id')}, 'contactId', ${column('contact_id')},
    'assignedUserId', ${column('assigned_user_id')}, 'jid', ${column('chat')}, 'chatId', ${column('chat')},
    'lidJid', ${column('lid')} || '@lid', 'name', ${column('name')}, 'type', ${column('type')},
    'expiration', nullif(${column('expiration')}, 0), 'unreadCount', ${column('unread_count')},
    'isArchived', ${column('is_archived')}, 'isMuted', ${column('is_muted')},
    'mutedUntil', ${moment(`${c}.muted_until`)}, 'isPinned', ${column('is_pinned')},
    'isMarkedUnread', ${column('is_marked_unread')}, 'status', ${column('status')},
    'snoozedUntil', ${moment(`${c}.snoozed_until`)},
    'metadata', ${column('metadata')} || jsonb_build_object('archived', ${column('is_archived')},
      'isMuted', ${column('is_muted')}, 'isPinned', ${column('is_pinned')}),
    'lastMessageAt', ${moment(`${c}.last_message_at`)}, 'createdAt', ${moment(`${c}.created_at`)},
    'updatedAt', ${moment(`${c}.updated_at`)})`;
};
