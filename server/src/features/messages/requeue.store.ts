import { sql } from 'kysely';
import type { Clock } from '../../platform/clock.ts';
import { afterCommit, type Tx } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { messageRequeued } from './messages.events.ts';
import { laneOf } from './outbox/lanes.ts';
import { aboutOutgoingJson } from './outgoing.sql.ts';

/** Codes of what never reached WhatsApp, for a reason that may be over: a file that did not go up, or too long a wait. */
export const passingFailures: readonly string[] = ['UPLOAD_FAILED', 'SEND_FAILED', 'EXPIRED'];

/**
 * Puts messages of campaigns that failed for a passing reason back into the queue, as the same row under the same id, to be
 * sent at `dueAt`; answers those that were.
 */
export async function requeue(
  tx: Tx,
  { clock, events }: { clock: Clock; events: Pick<EventRecorder, 'insertFrom' | 'committed'> },
  ids: readonly string[],
  { dueAt, expiresAt }: { dueAt: Date; expiresAt: Date },
): Promise<string[]> {
  const told = events.insertFrom({
    definition: messageRequeued,
    from: sql`moved order by seq`,
    body: aboutOutgoingJson,
  });
  const { rows } = await sql<{ id: string }>`
    with failed as (
      select m.id, m.status as was from messages m
      where m.id = any(${ids}::uuid[]) and m.status in ('failed', 'expired')
        and m.failure_code = any(${passingFailures}::text[])
      order by m.seq for update
    ), moved as (
      update messages m set status = 'queued', failure_code = null, failure_reason = null, expires_at = ${expiresAt},
        updated_at = ${clock.now()}
      from failed, conversations c where m.id = failed.id and c.id = m.conversation_id
      returning m.*, c.chat, failed.was
    ), waiting as (
      insert into outbox (message_id, profile_id, conversation_id, seq, lane, due_at, expires_at)
      select id, profile_id, conversation_id, seq, ${laneOf({ kind: 'broadcast' })}, ${dueAt}::timestamptz, ${expiresAt}::timestamptz
      from moved
    ), told as (${told})
    select id from moved`.execute(tx);
  if (rows.length > 0) afterCommit(tx, events.committed);
  return rows.map(({ id }) => id);
}
