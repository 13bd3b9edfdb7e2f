import { sql } from 'kysely';
import type { Tx } from '../../../platform/db/transaction.ts';

/** A message that was stored without an event. */
interface PastMessage {
  profile_id: string;
  direction: string;
  type: string;
  status: string;
  timestamp: Date;
}

/** Of these messages those that their organisation keeps: what is older is about to be deleted, or was here before. */
export async function pastMessages(
  tx: Tx,
  { organizationId, ids, now }: { organizationId: string; ids: readonly string[]; now: Date },
): Promise<PastMessage[]> {
  const { rows } = await sql<PastMessage>`
    select m.profile_id, m.direction, m.type, m.status, m."timestamp"
    from messages m join organizations o on o.id = ${organizationId}
    where m.id = any(${[...ids]}::uuid[]) and (
      jsonb_typeof(o.settings -> 'messageRetentionDays') is distinct from 'number'
      or m."timestamp" >= ${now}::timestamptz - (o.settings ->> 'messageRetentionDays')::float8 * interval '1 day')`.execute(
    tx,
  );
  return rows;
}
