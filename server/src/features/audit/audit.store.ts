import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { AuditLogsTable } from '../../platform/db/tables.ts';
import type { Db } from '../../platform/db/transaction.ts';
import { behind, type Slice } from '../../platform/slice.ts';

export interface AuditFilter {
  userId?: string | undefined;
  /** An action, or the beginning of one. */
  action?: string | undefined;
  resourceType?: string | undefined;
  resourceId?: string | undefined;
  outcome?: string | undefined;
  /** Both ends belong to it. */
  from?: Date | undefined;
  to?: Date | undefined;
}

export interface AuditRow extends Selectable<AuditLogsTable> {
  organization_id: string;
  user_name: string | null;
  user_email: string | null;
}

/** Sorts behind everything that begins with the text before it. */
const last = '\u{10ffff}';

/** The only SQL that reads the audit log. */
export function createAuditStore(db: Db) {
  function where(organizationId: string, filter: AuditFilter): RawBuilder<unknown> {
    const { userId, action, resourceType, resourceId, outcome, from, to } = filter;
    const parts = [sql`a.organization_id = ${organizationId}`];
    if (userId) parts.push(sql`a.user_id = ${userId}`);
    // The index compares bytes; a range of them is used by plans that are kept, which `like` is not.
    if (action) parts.push(sql`a.action ~>=~ ${action} and a.action ~<~ ${action + last}`);
    if (resourceType) parts.push(sql`a.resource_type = ${resourceType}`);
    if (resourceId) parts.push(sql`a.resource_id = ${resourceId}`);
    if (outcome) parts.push(sql`a.outcome = ${outcome}`);
    if (from) parts.push(sql`a.occurred_at >= ${from}`);
    if (to) parts.push(sql`a.occurred_at <= ${to}`);
    return sql.join(parts, sql` and `);
  }

  return {
    /** Newest first, each with the person, as long as they are a member. */
    async list(
      organizationId: string,
      filter: AuditFilter,
      page: Pick<Slice, 'limit' | 'after'> & { offset?: number },
    ): Promise<AuditRow[]> {
      const { limit, offset = 0 } = page;
      const fromHere = behind(page, { at: 'a.occurred_at', id: 'a.id' }, 'down');
      const { rows } = await sql<AuditRow>`
        select a.*, u.name as user_name, u.email as user_email
        from (
          select a.* from audit_logs a where ${where(organizationId, filter)} and ${fromHere}
          order by a.occurred_at desc, a.id desc limit ${limit} offset ${offset}
        ) a
        left join users u on u.id = a.user_id and u.organization_id = a.organization_id
        order by a.occurred_at desc, a.id desc`.execute(db);
      return rows;
    },
    /** How many there are, counted up to a limit. The order has an index walked, and no more of it than that. */
    async count(organizationId: string, filter: AuditFilter, countedMax: number): Promise<number> {
      const { rows } = await sql<{ total: number }>`select count(*) as total from (
        select 1 from audit_logs a where ${where(organizationId, filter)}
        order by a.occurred_at desc, a.id desc limit ${countedMax}) counted`.execute(db);
      return rows[0]?.total ?? 0;
    },
    /** Counts since a moment, by action and by day (UTC, `2026-02-05`). */
    async countsSince(organizationId: string, from: Date) {
      const { rows } = await sql<{ action: string | null; day: string | null; count: number }>`
        select a.action, to_char(a.occurred_at at time zone 'UTC', 'YYYY-MM-DD') as day, count(*) as count
        from audit_logs a where ${where(organizationId, { from })}
        group by grouping sets ((1), (2))
        order by count desc, 1, 2`.execute(db);
      return rows;
    },
  };
}
export type AuditStore = ReturnType<typeof createAuditStore>;

/** Every organisation, for what goes through the whole log. */
export async function organizationIds(db: Db): Promise<string[]> {
  const rows = await db.selectFrom('organizations').select('id').execute();
  return rows.map(({ id }) => id);
}
