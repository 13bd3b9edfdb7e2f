import { type RawBuilder, sql } from 'kysely';
import type { MessageRow } from './messages.present.ts';
import { presentOrigin } from './origin.ts';

/** What the events about an outgoing message have in common, by the column that tells it. */
const columns = {
  profileId: 'profile_id',
  messageId: 'id',
  waMessageId: 'wa_message_id',
  conversationId: 'conversation_id',
  to: 'chat',
  chatId: 'chat',
  type: 'type',
  status: 'status',
  clientReference: 'client_reference',
} as const;

type Shared = { [Field in Exclude<keyof typeof columns, 'clientReference'>]: string } & {
  clientReference: string | null;
};

/** What the events about an outgoing message have in common, of a row in hand that is new. */
export function aboutOutgoing(message: MessageRow, chat: string) {
  const row = { ...message, chat };
  const shared = Object.fromEntries(Object.entries(columns).map(([field, column]) => [field, row[column]]));
  return {
    ...(shared as Shared),
    origin: presentOrigin(message),
    previousStatus: null,
    timestamp: message.timestamp.toISOString(),
  };
}

/**
 * The same as jsonb, of rows in a statement that have the columns of `messages`, the `chat`, and in `was` the status from
 * before; null of what is new. Origin and timestamp are written here a second time on purpose, in SQL: the statement that
 * changes the rows also writes their events.
 */
export const aboutOutgoingJson: RawBuilder<unknown> = sql`jsonb_build_object(
  ${sql.join(Object.entries(columns).map(([field, column]) => sql`${sql.lit(field)}, ${sql.ref(column)}`))},
  'origin', case when origin_kind is not null then jsonb_build_object('kind', origin_kind, 'id', origin_id) end,
  'previousStatus', was::text,
  'timestamp', to_char("timestamp" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))`;
