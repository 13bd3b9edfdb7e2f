import { sql } from 'kysely';
import type { Receipt } from '../../engines/port.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { forwardStatuses } from './message-status.ts';
import { messageDelivered, messageRead, messageSent } from './messages.events.ts';
import type { MessageRow } from './messages.present.ts';
import { aboutOutgoingJson } from './outgoing.sql.ts';

const order = sql`${[...forwardStatuses]}::text[]`;

/** Most receipts name one message; where the planner thinks of ten, it reads a small table from end to end instead. */
const isNamed = (ids: readonly string[]) =>
  ids.length === 1 ? sql`wa_message_id = ${ids[0]}` : sql`wa_message_id = any(${[...ids]}::text[])`;

/**
 * Moves messages forward to what a receipt says; answers those that moved. A message that is acknowledged by its
 * receiver was sent, whether or not we know it yet: then `message.sent` is told first, also for one we had given up
 * on for want of an answer. The profile is asked for so that no plan looks for the ids along the list of its messages.
 */
export async function forwardMessages(
  db: Db,
  events: Pick<EventRecorder, 'insertFrom'>,
  profileId: string,
  receipt: Receipt,
  now: Date,
): Promise<MessageRow[]> {
  const definition = receipt.status === 'delivered' ? messageDelivered : messageRead;
  const sentUnseen = events.insertFrom({
    definition: messageSent,
    from: sql`moved where was in ('queued', 'sending', 'failed') order by seq`,
    body: sql`${aboutOutgoingJson} || '{"status": "sent", "source": "api"}'`,
  });
  // Looking at `sent` makes PostgreSQL insert those first: of two inserts it otherwise runs whichever it likes.
  const afterSent = sql`moved where (select count(*) from sent) >= 0 order by seq`;
  const told = events.insertFrom({ definition, from: afterSent, body: aboutOutgoingJson });
  const moved = await sql<MessageRow>`
    with before as (
      select id, status from messages
      where ${isNamed(receipt.ids)} and profile_id is not distinct from ${profileId}::uuid
        and direction = 'outgoing'
        and (array_position(${order}, status) < array_position(${order}, ${receipt.status}::text)
          or (status = 'failed' and failure_code = 'NO_ACK'))
      order by seq for update
    ), moved as (
      update messages m
      set status = ${receipt.status}, updated_at = ${now}, failure_code = null, failure_reason = null
      from before, conversations c
      where m.id = before.id and c.id = m.conversation_id
      returning m.*, c.chat, before.status as was
    ), sent as (${sentUnseen} returning 1), told as (${told})
    select * from moved`.execute(db);
  return moved.rows;
}
