import { sql } from 'kysely';

/**
 * What the events about an outgoing message have in common, as jsonb, from a row that has the columns of
 * `messages` and the `chat`. The same as `aboutOutgoing` makes of a row in hand.
 */
export const aboutOutgoingJson = sql`jsonb_build_object(
  'profileId', profile_id, 'messageId', id, 'waMessageId', wa_message_id, 'conversationId', conversation_id,
  'to', chat, 'chatId', chat, 'type', type, 'status', status,
  'timestamp', to_char("timestamp" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))`;
