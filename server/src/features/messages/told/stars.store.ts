import { sql } from 'kysely';
import type { ChatId } from '../../../platform/chat-id.ts';
import type { Tx } from '../../../platform/db/transaction.ts';

/** A star that was put on a message, or taken off. */
export interface Star {
  chat: ChatId;
  id: string;
  starred: boolean;
  at: Date;
}

interface Whose {
  organizationId: string;
  profileId: string;
}

/** Keeps stars for messages whose chat is not here yet; of two for one message the later one. */
export async function keepStars(
  tx: Tx,
  { organizationId, profileId }: Whose,
  stars: readonly Star[],
): Promise<void> {
  const last = [...new Map(stars.map((star) => [`${star.chat} ${star.id}`, star])).values()];
  if (last.length === 0) return;
  await sql`insert into awaited_stars as s (organization_id, profile_id, chat, wa_message_id, starred, at)
    select ${organizationId}::uuid, ${profileId}::uuid, * from unnest(${last.map(({ chat }) => chat)}::text[],
      ${last.map(({ id }) => id)}::text[], ${last.map(({ starred }) => starred)}::boolean[],
      ${last.map(({ at }) => at)}::timestamptz[]) as t (chat, id)
    order by chat, id
    on conflict (profile_id, chat, wa_message_id) do update set starred = excluded.starred, at = excluded.at
      where s.at <= excluded.at`.execute(tx);
}

/** The stars that waited for these chats; they wait no longer. */
export async function takeStars(tx: Tx, profileId: string, chats: readonly string[]): Promise<Star[]> {
  if (chats.length === 0) return [];
  const { rows } = await sql<Star>`delete from awaited_stars
    where profile_id = ${profileId} and chat = any(${[...chats]}::text[])
    returning chat, wa_message_id as id, starred, at`.execute(tx);
  return rows;
}

/** The ids here of messages of a profile, by their WhatsApp ids. */
export async function idsOf(
  tx: Tx,
  profileId: string,
  waMessageIds: readonly string[],
): Promise<Map<string, { id: string; conversationId: string }[]>> {
  const { rows } = await sql<{ id: string; wa: string; conversation_id: string }>`
    select id, wa_message_id as wa, conversation_id from messages
    where profile_id = ${profileId} and wa_message_id = any(${[...waMessageIds]}::text[])`.execute(tx);
  const found = new Map<string, { id: string; conversationId: string }[]>();
  for (const { id, wa, conversation_id: conversationId } of rows) {
    found.set(wa, [...(found.get(wa) ?? []), { id, conversationId }]);
  }
  return found;
}
