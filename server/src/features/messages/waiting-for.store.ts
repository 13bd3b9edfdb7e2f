import { sql } from 'kysely';
import { dayMs, later } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { MessageRow } from './messages.present.ts';

/** Why a message waits, until when at least, at which place of its profile's queue, and until when it may be sent. */
export interface WaitingFor {
  reason: 'scheduled' | 'held' | 'not-connected' | 'slow-down' | 'daily-limit' | 'pace' | 'turn';
  until: string | null;
  position: number;
  validUntil: string | null;
}

interface Row {
  status: string;
  paused_until: Date | null;
  delay_ms: number;
  jitter_ms: number;
  daily_limit: number | null;
  today: number;
  resets_at: Date | null;
  due_at: Date | null;
  held: boolean;
  midnight: Date;
  position: number;
}

/** Null for a message that does not wait. */
export async function waitingFor(db: Db, message: MessageRow, now: Date): Promise<WaitingFor | null> {
  if (message.status !== 'queued') return null;
  const { rows } = await sql<Row>`
    select p.status, p.sending_paused_until as paused_until, p.message_delay_ms as delay_ms,
      p.message_delay_jitter_ms as jitter_ms, p.daily_message_limit as daily_limit,
      case when p.daily_reset_at > ${now} then p.daily_message_count else 0 end as today,
      p.daily_reset_at as resets_at,
      o.due_at, o.held, midnight_after(${now}, g.settings ->> 'timeZone') as midnight, (select count(*)::int from outbox q where q.profile_id = p.id and q.due_at is null
        and (q.is_claimed or (q.lane, q.seq) <= (o.lane, o.seq))) as position
    from outbox o join profiles p on p.id = o.profile_id join organizations g on g.id = p.organization_id
    where o.message_id = ${message.id}`.execute(db);
  const [row] = rows;
  if (!row) return null;
  const { position } = row;
  const validUntil = message.expires_at?.toISOString() ?? null;
  return { ...reasonOf(row, now), position, validUntil };
}

function reasonOf(row: Row, now: Date): Pick<WaitingFor, 'reason' | 'until'> {
  const { daily_limit: limit, resets_at: resetsAt, position } = row;
  if (row.held) return { reason: 'held', until: null };
  if (row.due_at) return { reason: 'scheduled', until: row.due_at.toISOString() };
  if (row.status !== 'connected') return { reason: 'not-connected', until: null };
  if (row.paused_until && row.paused_until > now) {
    return { reason: 'slow-down', until: row.paused_until.toISOString() };
  }
  const inDays = limit === null ? 0 : Math.ceil((row.today + position) / Math.max(limit, 1)) - 1;
  if (limit === 0) return { reason: 'daily-limit', until: null };
  if (inDays > 0) {
    const midnight = resetsAt && resetsAt > now ? resetsAt : row.midnight;
    return { reason: 'daily-limit', until: later(midnight, (inDays - 1) * dayMs).toISOString() };
  }
  const eachMs = row.delay_ms + row.jitter_ms / 2;
  if (eachMs === 0) return { reason: 'turn', until: null };
  return {
    reason: 'pace',
    until: new Date(now.getTime() + Math.round((position - 1) * eachMs)).toISOString(),
  };
}
