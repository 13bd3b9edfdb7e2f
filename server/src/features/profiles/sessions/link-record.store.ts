import { type RawBuilder, sql } from 'kysely';
import type { EngineName } from '../../../engines/port.ts';
import type { Db } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import { connectionUpdate } from '../profiles.events.ts';

type Events = Pick<EventRecorder, 'insertFrom'>;

/** Those of the profiles that are shown as connected become `reconnecting`. */
export async function showReconnecting(
  db: Db,
  events: Events,
  ids: readonly string[],
  now: Date,
): Promise<void> {
  const set = sql`status = 'reconnecting'`;
  await changeAll(db, events, set, sql`p.id = any(${ids}::uuid[]) and p.status = 'connected'`, now);
}

/** Profiles of an engine that no node runs, and that should be connected, get the reason why they are not. */
export async function showDisconnected(
  db: Db,
  events: Events,
  { engine, why }: { engine: EngineName; why: string },
  now: Date,
): Promise<void> {
  const set = sql`status = 'disconnected', status_reason = ${why}`;
  const where = sql`p.wanted and p.engine = ${engine} and p.status_reason is distinct from ${why} and not exists
    (select 1 from profile_leases l where l.profile_id = p.id and l.expires_at > now())`;
  await changeAll(db, events, set, where, now);
}

/** Changes many rows and records their events, in one statement. */
async function changeAll(
  db: Db,
  events: Events,
  set: RawBuilder<unknown>,
  where: RawBuilder<unknown>,
  now: Date,
): Promise<void> {
  const recording = events.insertFrom({
    definition: connectionUpdate,
    from: sql`changed`,
    body: sql`jsonb_build_object('profileId', profile_id, 'status', status, 'reason', status_reason)`,
  });
  await sql`with changed as (
      update profiles p set ${set}, updated_at = ${now} where ${where}
      returning p.id as profile_id, p.organization_id, p.status, p.status_reason
    ) ${recording}`.execute(db);
}
