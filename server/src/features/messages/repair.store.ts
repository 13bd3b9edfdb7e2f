import { type Insertable, sql } from 'kysely';
import type { Tx } from '../../platform/db/transaction.ts';
import { undecryptedType } from './kinds/undecrypted.ts';
import type { ArrivedRow } from './messages.store.ts';
import type { MessagesTable } from './messages.tables.ts';

/** A message that is now known, and under which of our ids it came this time. */
export interface Repaired {
  cameAs: string;
  row: ArrivedRow;
}

/**
 * Of messages that are here already, those that could not be decrypted before now say what they say. Only their own author
 * can say it. They keep their id, their place, and what was done to them meanwhile.
 */
export async function repair(
  tx: Tx,
  rows: readonly Pick<
    Insertable<MessagesTable>,
    | 'id'
    | 'conversation_id'
    | 'wa_message_id'
    | 'direction'
    | 'sender'
    | 'sender_name'
    | 'type'
    | 'content'
    | 'quoted_message_id'
    | 'expiration'
    | 'updated_at'
  >[],
): Promise<Repaired[]> {
  const legible = rows.filter(({ type }) => type !== undecryptedType);
  if (legible.length === 0) return [];
  const { rows: found } = await sql<ArrivedRow & { came_as: string }>`
    with came as (
      select * from jsonb_to_recordset(${JSON.stringify(legible)}::jsonb) as i (
        id uuid, conversation_id uuid, wa_message_id text, direction text, sender text, sender_name text, type text,
        content jsonb, quoted_message_id text, expiration int, updated_at timestamptz)
    ), known as (
      update messages m
      set type = i.type, content = i.content, quoted_message_id = i.quoted_message_id, expiration = i.expiration,
        sender_name = coalesce(i.sender_name, m.sender_name), updated_at = i.updated_at
      from came i
      where m.wa_message_id = i.wa_message_id and m.conversation_id = i.conversation_id
        and m.type = ${undecryptedType} and m.direction = i.direction and m.sender is not distinct from i.sender
        and m.revoked_at is null
      returning m.*, i.id as came_as
    )
    select known.*, c.unread_count, c.last_message_at, true as is_awaited
    from known join conversations c on c.id = known.conversation_id order by known.seq`.execute(tx);
  return found.map(({ came_as: cameAs, ...row }) => ({ cameAs, row }));
}
