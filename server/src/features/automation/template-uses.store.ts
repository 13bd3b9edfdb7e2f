import { sql } from 'kysely';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import { isRowOf, type Tenancy } from '../../platform/tenancy.ts';

/** An automation that sends a template. */
interface Use {
  id: string;
  name: string;
  profileId: string;
  kind: string;
  isActive: boolean;
}

/** Rules, auto-replies and flows that send a template as they are now: the first of them, and how many there are and are on. */
export async function automationsWithTemplate(
  db: Db | Tx,
  tenancy: Tenancy,
  templateId: string,
  limit: number,
): Promise<{ items: Use[]; total: number; active: number }> {
  const id = JSON.stringify({ id: templateId });
  const { rows } = await sql<Use & { total: number; active: number }>`
    select a.id, a.name, a.profile_id as "profileId", a.kind, a.is_active as "isActive",
      (count(*) over ())::int as total, (count(*) filter (where a.is_active) over ())::int as active
    from automations a join automation_versions v on v.automation_id = a.id and v.version = a.version
    where ${isRowOf(tenancy, 'a')}
      and jsonb_path_exists(v.program, '$.nodes.*.config.templateId ? (@ == $id)', ${id}::jsonb)
    order by a.is_active desc, lower(a.name), a.id limit ${limit}`.execute(db);
  return {
    items: rows.map(({ total: _, active: __, ...use }) => use),
    ...{ total: rows[0]?.total ?? 0, active: rows[0]?.active ?? 0 },
  };
}
