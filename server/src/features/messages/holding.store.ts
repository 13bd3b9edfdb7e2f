import { sql } from 'kysely';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import { laneOf } from './outbox/lanes.ts';

/** Keeps messages that wait from being sent, for as long as it takes; what is on its way is let be. */
export async function hold(tx: Tx, ids: readonly string[]): Promise<void> {
  await sql`update outbox set held = true, due_at = 'infinity', expires_at = null
    where message_id in (select message_id from outbox where message_id = any(${ids}::uuid[]) and not is_claimed
      order by seq for update)`.execute(tx);
}

/** Lets held messages go, with a validity that begins anew; answers how many there were. */
export async function letGo(tx: Tx, ids: readonly string[], expiresAt: Date): Promise<number> {
  const { rows } = await sql<{ freed: number }>`with freed as (
      update outbox set held = false, due_at = null, expires_at = ${expiresAt}
      where message_id in (select message_id from outbox where message_id = any(${ids}::uuid[]) and held
        order by seq for update)
      returning message_id
    ), lasting as (
      update messages m set expires_at = ${expiresAt} from freed where m.id = freed.message_id
    )
    select count(*)::int as freed from freed`.execute(tx);
  return rows[0]?.freed ?? 0;
}

/** Whether any of these messages is on its way at this moment. */
export async function areUnderWay(db: Db, ids: readonly string[]): Promise<boolean> {
  const { rows } =
    await sql`select 1 from outbox where message_id = any(${ids}::uuid[]) and is_claimed limit 1`.execute(db);
  return rows.length > 0;
}

/** How many messages of a profile wait or are on their way, and how many of them are of campaigns; at most 200. */
export async function waitingOf(tx: Tx, profileId: string): Promise<{ all: number; ofCampaigns: number }> {
  const { rows } = await sql<{ all: number; of_campaigns: number }>`
    select count(*)::int as all, count(*) filter (where lane = ${laneOf({ kind: 'broadcast' })})::int as of_campaigns
    from (select lane from outbox where profile_id = ${profileId} and due_at is null limit 200) waiting`.execute(
    tx,
  );
  return { all: rows[0]?.all ?? 0, ofCampaigns: rows[0]?.of_campaigns ?? 0 };
}
