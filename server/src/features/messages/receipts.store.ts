import { type RawBuilder, sql } from 'kysely';
import type { ReceiptStatus } from '../../engines/port.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { countedForTheDay } from '../profiles/index.ts';
import { forwardStatuses } from './message-status.ts';
import { messageDelivered, messageRead, messageSent } from './messages.events.ts';
import type { MessageRow } from './messages.present.ts';
import { aboutOutgoingJson } from './outgoing.sql.ts';

/** What a receipt says of one message. */
export interface ReceiptOf {
  profileId: string;
  waMessageId: string;
  status: ReceiptStatus;
}

const order = sql`${[...forwardStatuses]}::text[]`;

/**
 * The messages that receipts name. Often it is one; where the planner thinks of many, it reads a small table from end to
 * end. The profile is compared so that no plan looks for the ids along the list of its messages.
 */
function named(receipts: readonly ReceiptOf[]): RawBuilder<unknown> {
  const [first, ...others] = receipts;
  if (first && others.length === 0) {
    return sql`messages m where m.wa_message_id = ${first.waMessageId}
      and m.profile_id is not distinct from ${first.profileId}::uuid`;
  }
  const profileIds = receipts.map(({ profileId }) => profileId);
  const waMessageIds = receipts.map(({ waMessageId }) => waMessageId);
  return sql`unnest(${profileIds}::uuid[], ${waMessageIds}::text[]) as receipt (profile_id, wa_message_id)
    join messages m on m.wa_message_id = receipt.wa_message_id and m.profile_id is not distinct from receipt.profile_id
    where true`;
}

/**
 * Moves messages forward to what receipts say; answers those that moved. One statement for each status, the lowest
 * first, so that a message that was delivered and read tells both.
 */
export async function forwardMessages(
  db: Db,
  events: Pick<EventRecorder, 'insertFrom'>,
  receipts: readonly ReceiptOf[],
  now: Date,
): Promise<MessageRow[]> {
  const moved: MessageRow[] = [];
  for (const status of ['delivered', 'read', 'played'] as const) {
    const messages = receipts.filter((receipt) => receipt.status === status);
    if (messages.length > 0) moved.push(...(await forwardTo(db, events, status, messages, now)));
  }
  return moved;
}

/**
 * A message that is acknowledged by its receiver was sent, whether or not we know it yet: then `message.sent` is told
 * first, also for one we had given up on for want of an answer.
 */
async function forwardTo(
  db: Db,
  events: Pick<EventRecorder, 'insertFrom'>,
  status: ReceiptStatus,
  receipts: readonly ReceiptOf[],
  now: Date,
): Promise<MessageRow[]> {
  const definition = status === 'delivered' ? messageDelivered : messageRead;
  const sentUnseen: RawBuilder<unknown> = sql`moved where was in ('queued', 'sending', 'failed')`;
  const sentFirst = events.insertFrom({
    definition: messageSent,
    from: sql`${sentUnseen} order by seq`,
    body: sql`${aboutOutgoingJson} || '{"status": "sent", "source": "api"}'`,
  });
  // Looking at `sent` makes PostgreSQL insert those first: of two inserts it otherwise runs whichever it likes.
  const afterSent = sql`moved where (select count(*) from sent) >= 0 order by seq`;
  const previous = sql`case when was in ('queued', 'sending', 'failed') then '{"previousStatus": "sent"}' else '{}' end`;
  const body = sql`${aboutOutgoingJson} || ${previous}::jsonb`;
  const told = events.insertFrom({ definition, from: afterSent, body });
  const messages = named(receipts);
  const { rows } = await sql<MessageRow>`
    with gone as (
      -- Whoever has it need not be sent it again. The queue is locked before its messages.
      delete from outbox o using ${messages} and o.message_id = m.id returning 1
    ), before as (
      select m.id, m.status from ${messages} and (select count(*) from gone) >= 0
        and m.direction = 'outgoing'
        and (array_position(${order}, m.status) < array_position(${order}, ${status}::text)
          or (m.status = 'failed' and m.failure_code = 'NO_ACK'))
      order by m.seq for update of m
    ), moved as (
      update messages m
      set status = ${status}, updated_at = ${now}, failure_code = null, failure_reason = null
      from (select distinct id, status from before) b, conversations c
      where m.id = b.id and c.id = m.conversation_id
      returning m.*, c.chat, b.status as was
    ), counted as (${countedForTheDay(sentUnseen, now)}), sent as (${sentFirst} returning 1), told as (${told})
    select * from moved`.execute(db);
  return rows;
}
