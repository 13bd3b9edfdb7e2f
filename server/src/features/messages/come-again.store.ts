import { type Insertable, sql } from 'kysely';
import type { Tx } from '../../platform/db/transaction.ts';
import { undecryptedType } from './kinds/undecrypted.ts';
import type { ArrivedRow } from './messages.store.ts';
import type { MessagesTable } from './messages.tables.ts';

/** Marks messages that a phone told as its past. */
export const ofThePast = { history: true };

/** A message that is news although it was here, and under which of our ids it came this time. */
export interface CameAgain {
  cameAs: string;
  /** It could not be decrypted before; otherwise the phone's past had told of it. */
  isRepaired: boolean;
  row: ArrivedRow;
}

/**
 * Of messages that are here already, those that could not be decrypted before now say what they say, and those of others
 * that the phone told as its past are news: a device is sent only what was written since it was linked, and the past may
 * overtake it. Only their own author can say it. They keep their id, their place, and what was done to them meanwhile.
 */
export async function comeAgain(
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
): Promise<CameAgain[]> {
  const legible = rows.filter(({ type }) => type !== undecryptedType);
  if (legible.length === 0) return [];
  const { rows: found } = await sql<ArrivedRow & { came_as: string; is_repaired: boolean }>`
    with came as materialized (
      select i.*, m.id as known_id, m.type = ${undecryptedType} as is_repaired
      from jsonb_to_recordset(${JSON.stringify(legible)}::jsonb) as i (
        id uuid, conversation_id uuid, wa_message_id text, direction text, sender text, sender_name text, type text,
        content jsonb, quoted_message_id text, expiration int, updated_at timestamptz)
      join messages m on m.wa_message_id = i.wa_message_id and m.conversation_id = i.conversation_id
        and m.direction = i.direction and m.sender is not distinct from i.sender and m.revoked_at is null
      where m.type = ${undecryptedType} or (m.direction = 'incoming' and ${isOfThePast('m')})
      for no key update of m
    ), known as (
      update messages m
      set type = i.type, content = case when i.is_repaired then i.content else m.content end,
        quoted_message_id = i.quoted_message_id, expiration = i.expiration,
        sender_name = coalesce(i.sender_name, m.sender_name), updated_at = i.updated_at,
        metadata = m.metadata - ${Object.keys(ofThePast)}::text[]
      from came i where m.id = i.known_id
      returning m.*, i.id as came_as, i.is_repaired
    )
    select known.*, c.unread_count, c.last_message_at, known.is_repaired as is_awaited
    from known join conversations c on c.id = known.conversation_id order by known.seq`.execute(tx);
  return found.map(({ came_as: cameAs, is_repaired: isRepaired, ...row }) => ({ cameAs, isRepaired, row }));
}

/** The condition that a row of `messages`, by this name, was told as the past. */
export const isOfThePast = (name: string) =>
  sql`${sql.ref(`${name}.metadata`)} @> ${JSON.stringify(ofThePast)}::jsonb`;
