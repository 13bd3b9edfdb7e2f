import { sql } from 'kysely';
import type { Receipt } from '../../engines/port.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { Live } from '../profiles/index.ts';
import { forwardStatuses } from './message-status.ts';
import { messageDelivered, messageRead, messageSent } from './messages.events.ts';
import { aboutOutgoing, type MessageRow } from './messages.present.ts';

type Moved = MessageRow & { chat: string; was: string };

/** Moves messages forward by what receivers acknowledge; what arrives late or twice changes nothing. */
export function createReceipts(deps: {
  db: Db;
  clock: Clock;
  events: EventRecorder;
  decided(row: MessageRow): void;
}) {
  const { db, clock, events, decided } = deps;

  /** A message that we gave up on for want of an answer was sent after all when its receipt comes. */
  async function forward(tx: Tx, profileId: string, receipt: Receipt): Promise<Moved[]> {
    const order = [...forwardStatuses];
    const moved = await sql<Moved>`
      with before as (
        select id, status from messages
        where profile_id = ${profileId} and wa_message_id = any(${receipt.ids as string[]}) and direction = 'outgoing'
          and (array_position(${order}::text[], status) < array_position(${order}::text[], ${receipt.status}::text)
            or (status = 'failed' and failure_code = 'NO_ACK'))
        order by seq for update
      )
      update messages m
      set status = ${receipt.status}, updated_at = ${clock.now()}, failure_code = null, failure_reason = null
      from before, conversations c
      where m.id = before.id and c.id = m.conversation_id
      returning m.*, c.chat, before.status as was`.execute(tx);
    return moved.rows;
  }

  function facts(row: Moved, receipt: Receipt) {
    const about = { organizationId: row.organization_id, profileId: row.profile_id };
    const body = aboutOutgoing(row, row.chat);
    const told = {
      ...about,
      definition: receipt.status === 'delivered' ? messageDelivered : messageRead,
      body,
    };
    const sentUnseen = ['queued', 'sending', 'failed'].includes(row.was);
    if (!sentUnseen) return [told];
    return [{ ...about, definition: messageSent, body: { ...body, status: 'sent', source: 'api' } }, told];
  }

  return {
    async receipts(live: Live, receipts: Receipt[]): Promise<void> {
      const rows = await inTransaction(db, async (tx) => {
        const all: Moved[] = [];
        for (const receipt of receipts) {
          const moved = await forward(tx, live.profileId, receipt);
          await events.recordAll(
            tx,
            moved.flatMap((row) => facts(row, receipt)),
          );
          all.push(...moved);
        }
        return all;
      });
      for (const row of rows) decided(row);
    },
  };
}
