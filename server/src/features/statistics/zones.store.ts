import { sql } from 'kysely';
import type { Db, Tx } from '../../platform/db/transaction.ts';

/** That an organisation has changed its time zone, and what was counted by the clocks before. */
export interface ZoneChange {
  changedAt: Date;
  /** The job that counts messages anew has not ended yet. */
  isCounting: boolean;
  /** The first day of messages that all are counted by the clocks of now; null: every day is. */
  messagesFrom: string | null;
}

/** The zone changes: messages are to be counted anew. */
export async function noteZoneChange(tx: Tx, organizationId: string, now: Date): Promise<void> {
  await sql`insert into statistics_zones (organization_id, changed_at, is_counting)
    values (${organizationId}, ${now}, true)
    on conflict (organization_id) do update set changed_at = excluded.changed_at, is_counting = true`.execute(
    tx,
  );
}

/** Messages are counted anew, unless the zone has changed again meanwhile. */
export async function noteCountedAnew(
  db: Db,
  organizationId: string,
  change: Pick<ZoneChange, 'changedAt' | 'messagesFrom'>,
): Promise<void> {
  await sql`update statistics_zones set is_counting = false, messages_from = ${change.messagesFrom}::date
    where organization_id = ${organizationId} and changed_at = ${change.changedAt}`.execute(db);
}

export async function zoneChangeOf(db: Db, organizationId: string): Promise<ZoneChange | undefined> {
  const { rows } = await sql<ZoneChange>`select changed_at as "changedAt", is_counting as "isCounting",
      messages_from::text as "messagesFrom"
    from statistics_zones where organization_id = ${organizationId}`.execute(db);
  return rows[0];
}

/** Whether days of a profile before this one are counted, from messages that are not kept any more. */
export async function hasDaysBefore(tx: Tx, profileId: string, day: string): Promise<boolean> {
  const { rows } = await sql`select from message_days
    where profile_id = ${profileId} and day < ${day}::date limit 1`.execute(tx);
  return rows.length > 0;
}
