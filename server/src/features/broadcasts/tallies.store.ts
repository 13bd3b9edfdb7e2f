import { sql } from 'kysely';
import type { Db } from '../../platform/db/transaction.ts';
import { isRowOf, type Tenancy } from '../../platform/tenancy.ts';

/** Which broadcasts: those of the tenancy, or of one of its profiles. */
interface Which {
  tenancy: Tenancy;
  profileId?: string | undefined;
}

/** How many broadcasts are in which state, and how far their messages came; of counters, never of messages. */
export async function talliesOf(db: Db, { tenancy, profileId }: Which) {
  const { rows } = await sql<{ status: string; n: number; sent: number; delivered: number; failed: number }>`
    select b.status, count(distinct b.id)::int as n, coalesce(sum(c.sent), 0)::int as sent,
      coalesce(sum(c.delivered), 0)::int as delivered, coalesce(sum(c.failed), 0)::int as failed
    from broadcasts b left join broadcast_counters c on c.broadcast_id = b.id
    where ${isRowOf(tenancy, 'b')} and b.kind = 'broadcast' and b.removed_at is null
      ${profileId === undefined ? sql`` : sql`and b.profile_id = ${profileId}`}
    group by b.status order by b.status`.execute(db);
  return rows;
}
