import { sql } from 'kysely';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import { isRowOf, type Tenancy } from '../../platform/tenancy.ts';
import type { BroadcastStatus } from './broadcasts.tables.ts';

/** A campaign that was made of a template. */
interface Use {
  id: string;
  name: string;
  profileId: string;
  status: BroadcastStatus;
}

/** Campaigns that were made of a template, as a whole or one of their variants: the newest, and how many there are and are not over. */
export async function broadcastsWithTemplate(
  db: Db | Tx,
  tenancy: Tenancy,
  templateId: string,
  limit: number,
): Promise<{ items: Use[]; total: number; open: number }> {
  const variant = JSON.stringify([{ templateId }]);
  const { rows } = await sql<Use & { total: number; open: number }>`
    select b.id, b.name, b.profile_id as "profileId", b.status, (count(*) over ())::int as total,
      (count(*) filter (where b.completed_at is null) over ())::int as open
    from broadcasts b
    where ${isRowOf(tenancy, 'b')} and b.removed_at is null
      and (b.template_id = ${templateId} or b.variants @> ${variant}::jsonb)
    order by b.created_at desc, b.id desc limit ${limit}`.execute(db);
  return {
    items: rows.map(({ total: _, open: __, ...use }) => use),
    ...{ total: rows[0]?.total ?? 0, open: rows[0]?.open ?? 0 },
  };
}
