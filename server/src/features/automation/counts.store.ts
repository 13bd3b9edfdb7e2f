import { sql } from 'kysely';
import type { Db } from '../../platform/db/transaction.ts';
import { isRowOf, type Tenancy } from '../../platform/tenancy.ts';

const topMax = 10;

/** What statistics tell of automations: those of the tenancy, or of one profile of it. */
export function createCounts(db: Db) {
  return {
    async statistics({ tenancy, profileId }: { tenancy: Tenancy; profileId?: string | undefined }) {
      const theirs = sql`from automations a join automation_counts c on c.automation_id = a.id
        where ${isRowOf(tenancy, 'a')} ${profileId ? sql`and a.profile_id = ${profileId}` : sql``}`;
      const [types, top] = await Promise.all([
        sql<{ type: string; total: number; active: number; triggers: number }>`
          select a.trigger_type as type, count(*)::int as total, (count(*) filter (where a.is_active))::int as active,
            sum(c.trigger_count)::bigint as triggers ${theirs} group by 1 order by 2 desc, 1 limit 100`.execute(
          db,
        ),
        sql<{ id: string; name: string; triggerCount: number }>`
          select a.id, a.name, c.trigger_count as "triggerCount" ${theirs} and c.trigger_count > 0
          order by c.trigger_count desc, a.id limit ${topMax}`.execute(db),
      ]);
      const sum = (of: (row: (typeof types.rows)[number]) => number) =>
        types.rows.reduce((all, row) => all + of(row), 0);
      const [total, active] = [sum((row) => row.total), sum((row) => row.active)];
      return {
        ...{ total, active, inactive: total - active, totalTriggers: sum(({ triggers }) => triggers) },
        byType: Object.fromEntries(types.rows.map((row) => [row.type, row.total])),
        topAutomations: top.rows,
      };
    },
  };
}
