import { sql } from 'kysely';
import type { Clock } from '../../platform/clock.ts';
import { afterCommit, type Tx } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { messageCancelled } from './messages.events.ts';
import type { MessageRow } from './messages.present.ts';
import { aboutOutgoingJson } from './outgoing.sql.ts';

export interface CancelDeps {
  clock: Clock;
  events: Pick<EventRecorder, 'insertFrom' | 'committed'>;
}

/** Takes messages out of the queue, with their events; answers those that were there and on no way yet. */
export async function cancelWaiting(
  tx: Tx,
  { clock, events }: CancelDeps,
  ids: readonly string[],
): Promise<(MessageRow & { chat: string })[]> {
  const told = events.insertFrom({
    definition: messageCancelled,
    from: sql`moved order by seq`,
    body: aboutOutgoingJson,
  });
  const { rows } = await sql<MessageRow & { chat: string }>`
    with gone as (
      delete from outbox where message_id = any(${ids}::uuid[]) and not is_claimed returning message_id
    ), moved as (
      update messages m set status = 'cancelled', updated_at = ${clock.now()}
      from gone, conversations c
      where m.id = gone.message_id and m.status = 'queued' and c.id = m.conversation_id
      returning m.*, c.chat, 'queued' as was
    ), told as (${told})
    select * from moved`.execute(tx);
  if (rows.length > 0) afterCommit(tx, events.committed);
  return rows;
}
