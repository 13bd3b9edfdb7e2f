import { type ContactRow, chatOf } from './people.store.ts';

/** A contact as lists show it. */
export type ListedContact = ContactRow & { talked_at: Date | null };

/** A contact as clients see it. */
export function presentContact({ talked_at, ...row }: ListedContact) {
  return {
    id: row.id,
    profileId: row.profile_id,
    phone: row.phone,
    chatId: chatOf({ phone: row.phone ?? undefined, lid: row.lid ?? undefined }),
    name: row.name,
    whatsappName: row.whatsapp_name,
    avatarUrl: row.avatar_url,
    tags: row.tags,
    metadata: row.metadata as Record<string, unknown>,
    isBlocked: row.is_blocked,
    lastMessageAt: (talked_at ?? row.last_message_at)?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
