import { sql } from 'kysely';
import { dayMs, later } from '../../../platform/clock.ts';
import type { Db } from '../../../platform/db/transaction.ts';
import type { MessageRow } from '../messages.present.ts';

/** Why a message waits, until when at least, at which place of its profile's queue, and until when it may be sent. */
export interface WaitingFor {
  reason: 'scheduled' | 'held' | 'paused' | 'not-connected' | 'slow-down' | 'daily-limit' | 'pace' | 'turn';
  until: string | null;
  position: number;
  validUntil: string | null;
}

/** Where a message stands in the queue; `dueAt` of those that are for later. */
interface Standing {
  dueAt: Date | null;
  held: boolean;
  position: number;
  expiresAt: Date | null;
}

interface Sending {
  paused: boolean;
  status: string;
  paused_until: Date | null;
  delay_ms: number;
  jitter_ms: number;
  daily_limit: number | null;
  today: number;
  resets_at: Date | null;
  midnight: Date;
}

/** What goes before others: in the line those of a faster lane, then those of later, soonest first. */
const orderOf = (row: string) =>
  sql.raw(`coalesce(${row}.due_at, '-infinity'::timestamptz), ${row}.lane, ${row}.seq`);

/** Where the next page of a queue begins. */
export interface QueueEdge {
  /** In UTC as the database writes it, with all its digits; `-infinity` in the line. */
  dueAt: string;
  lane: number;
  seq: number;
}

/** What is to be known of a profile to say why its messages wait. */
async function sendingOf(db: Db, profileId: string, now: Date): Promise<Sending | undefined> {
  const { rows } = await sql<Sending>`
    select p.sending_held as paused, p.status, p.sending_paused_until as paused_until, p.message_delay_ms as delay_ms,
      p.message_delay_jitter_ms as jitter_ms, p.daily_message_limit as daily_limit,
      case when p.daily_reset_at > ${now} then p.daily_message_count else 0 end as today,
      p.daily_reset_at as resets_at, midnight_after(${now}, g.settings ->> 'timeZone') as midnight
    from profiles p join organizations g on g.id = p.organization_id where p.id = ${profileId}`.execute(db);
  return rows[0];
}

/** Null for a message that does not wait. */
export async function waitingFor(db: Db, message: MessageRow, now: Date): Promise<WaitingFor | null> {
  if (message.status !== 'queued') return null;
  const { rows } = await sql<{ due_at: Date | null; held: boolean; position: number }>`
    select case when o.due_at < 'infinity' then o.due_at end as due_at, o.held, (
      select count(*)::int from outbox q where q.profile_id = o.profile_id
        and (q.is_claimed or (${orderOf('q')}) <= (${orderOf('o')}))) as position
    from outbox o where o.message_id = ${message.id}`.execute(db);
  const [row] = rows;
  const sending = row && (await sendingOf(db, message.profile_id, now));
  if (!row || !sending) return null;
  const { due_at: dueAt, held, position } = row;
  return explained({ dueAt, held, position, expiresAt: message.expires_at }, sending, now);
}

/** A page of what waits for a profile, in the order in which it goes, with why; and how many wait in all. */
export async function queueOf(
  db: Db,
  profileId: string,
  { limit, after, now }: { limit: number; after: QueueEdge | undefined; now: Date },
): Promise<{ total: number; waiting: { id: string; edge: QueueEdge; why: WaitingFor }[] }> {
  const sending = await sendingOf(db, profileId, now);
  if (!sending) return { total: 0, waiting: [] };
  const behind = after
    ? sql<boolean>`(${orderOf('o')}) > (${after.dueAt}::timestamp at time zone 'utc', ${after.lane}::smallint, ${after.seq}::bigint)`
    : sql<boolean>`true`;
  const { rows } = await sql<{
    id: string | null;
    due: string;
    due_at: Date | null;
    lane: number;
    seq: number;
    held: boolean;
    expires_at: Date | null;
    total: number;
    before: number;
  }>`
    with counted as (
      select count(*) filter (where not is_claimed)::int as total,
        count(*) filter (where is_claimed or not ${behind})::int as before
      from outbox o where profile_id = ${profileId}
    ), shown as (
      select message_id as id, (coalesce(due_at, '-infinity') at time zone 'utc')::text as due,
        case when due_at < 'infinity' then due_at end as due_at, lane, seq, held, expires_at
      from outbox o where profile_id = ${profileId} and not is_claimed and ${behind}
      order by ${orderOf('o')} limit ${limit}
    )
    select counted.*, shown.* from counted left join shown on true
    order by shown.due::timestamp, shown.lane, shown.seq`.execute(db);
  const waiting = rows.flatMap(({ id, before, expires_at: expiresAt, due_at: dueAt, ...row }, n) => {
    if (id === null) return [];
    const standing = { dueAt, held: row.held, position: before + n + 1, expiresAt };
    const edge = { dueAt: row.due, lane: row.lane, seq: row.seq };
    return [{ id, edge, why: explained(standing, sending, now) }];
  });
  return { total: rows[0]?.total ?? 0, waiting };
}

function explained(standing: Standing, sending: Sending, now: Date): WaitingFor {
  const { position, expiresAt } = standing;
  return { ...reasonOf(standing, sending, now), position, validUntil: expiresAt?.toISOString() ?? null };
}

function reasonOf(
  { held, dueAt, position }: Standing,
  sending: Sending,
  now: Date,
): Pick<WaitingFor, 'reason' | 'until'> {
  const { daily_limit: limit, resets_at: resetsAt, paused_until: pausedUntil } = sending;
  if (held) return { reason: 'held', until: null };
  if (dueAt) return { reason: 'scheduled', until: dueAt.toISOString() };
  if (sending.paused) return { reason: 'paused', until: null };
  if (sending.status !== 'connected') return { reason: 'not-connected', until: null };
  if (pausedUntil && pausedUntil > now) return { reason: 'slow-down', until: pausedUntil.toISOString() };
  const inDays = limit === null ? 0 : Math.ceil((sending.today + position) / Math.max(limit, 1)) - 1;
  if (limit === 0) return { reason: 'daily-limit', until: null };
  if (inDays > 0) {
    const midnight = resetsAt && resetsAt > now ? resetsAt : sending.midnight;
    return { reason: 'daily-limit', until: later(midnight, (inDays - 1) * dayMs).toISOString() };
  }
  const eachMs = sending.delay_ms + sending.jitter_ms / 2;
  if (eachMs === 0) return { reason: 'turn', until: null };
  const until = new Date(now.getTime() + Math.round((position - 1) * eachMs)).toISOString();
  return { reason: 'pace', until };
}
