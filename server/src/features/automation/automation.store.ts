import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import { type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { isRowOf, type Tenancy } from '../../platform/tenancy.ts';
import type { AutomationsTable } from './automation.tables.ts';
import type { Definition } from './program/definition.ts';
import type { Program } from './program/program.ts';

export type AutomationRow = Selectable<AutomationsTable>;
/** With its counts. */
export interface CountedRow extends AutomationRow {
  trigger_count: number;
  last_triggered: Date | null;
  day: string | null;
  today_count: number;
  left_out: number;
}

/** So many versions of an automation are kept. */
export const versionsMax = 100;

/** The SQL about automations themselves; that of their runs stands in `run/`. */
export function createAutomationStore(db: Db) {
  const counted = (from: Db | Tx) =>
    from
      .selectFrom('automations as a')
      .innerJoin('automation_counts as c', 'c.automation_id', 'a.id')
      .selectAll('a')
      .select(['c.trigger_count', 'c.last_triggered', 'c.day', 'c.today_count', 'c.left_out']);

  return {
    list(
      tenancy: Tenancy,
      of: {
        profileId: string;
        triggerType?: string | undefined;
        isActive?: boolean | undefined;
        kind?: string;
      },
      max: number,
    ): Promise<CountedRow[]> {
      let query = counted(db).where(isRowOf(tenancy, 'a')).where('a.profile_id', '=', of.profileId);
      if (of.triggerType !== undefined) query = query.where('a.trigger_type', '=', of.triggerType);
      if (of.isActive !== undefined) query = query.where('a.is_active', '=', of.isActive);
      if (of.kind !== undefined) query = query.where('a.kind', '=', of.kind as Program['kind']);
      return query.orderBy('a.priority').orderBy('a.created_at').orderBy('a.id').limit(max).execute();
    },

    find(tenancy: Tenancy, id: string, from: Db | Tx = db): Promise<CountedRow | undefined> {
      return counted(from).where(isRowOf(tenancy, 'a')).where('a.id', '=', id).executeTakeFirst();
    },

    /** As it stays until the transaction ends. */
    async lock(tx: Tx, tenancy: Tenancy, id: string): Promise<CountedRow | undefined> {
      const locked = await tx
        .selectFrom('automations')
        .select('id')
        .where(isRowOf(tenancy, 'automations'))
        .where('id', '=', id)
        .forNoKeyUpdate()
        .executeTakeFirst();
      return locked && this.find(tenancy, id, tx);
    },

    /** Locks the profile: of two that are made at once one is behind the other. Answers how many it has, and the last place. */
    async placeIn(tx: Tx, profileId: string): Promise<{ count: number; last: number } | undefined> {
      const profile = await tx
        .selectFrom('profiles')
        .select('id')
        .where('id', '=', profileId)
        .forNoKeyUpdate()
        .executeTakeFirst();
      if (!profile) return undefined;
      const { rows } = await sql<{ count: number; last: number }>`
        select count(*)::int as count, coalesce(max(priority), 0)::int as last from automations
        where profile_id = ${profileId}`.execute(tx);
      return rows[0];
    },

    /** How many others of the profile an expression starts; the profile must be locked. */
    async countRegex(tx: Tx, profileId: string, except: string | null): Promise<number> {
      const { rows } = await sql<{ count: number }>`
        select count(*)::int as count from automations a
          join automation_versions v on v.automation_id = a.id and v.version = a.version
        where a.profile_id = ${profileId} and a.id is distinct from ${except}
          and v.program->'triggers' @> '[{"type": "regex"}]'`.execute(tx);
      return rows[0]?.count ?? 0;
    },

    async insert(
      tx: Tx,
      row: Insertable<AutomationsTable>,
      program: Program,
      by: string | null,
    ): Promise<CountedRow> {
      const made = await tx.insertInto('automations').values(row).returningAll().executeTakeFirstOrThrow();
      await tx.insertInto('automation_counts').values({ automation_id: made.id }).execute();
      await this.keepProgram(tx, made, program, { by, note: null, changes: [] });
      return { ...made, trigger_count: 0, last_triggered: null, day: null, today_count: 0, left_out: 0 };
    },

    /** Keeps what an automation is from now on; of its earlier versions the latest, and those that run. */
    async keepProgram(
      tx: Tx,
      row: AutomationRow,
      program: Program,
      how: { by: string | null; note: string | null; changes: readonly string[] },
    ): Promise<void> {
      await tx
        .insertInto('automation_versions')
        .values({
          ...{ automation_id: row.id, version: row.version, program: JSON.stringify(program) },
          ...{ definition: JSON.stringify(definitionOf(row)), created_at: row.updated_at },
          ...{ published_by: how.by, note: how.note, changes: JSON.stringify(how.changes) },
        })
        .execute();
      await sql`delete from automation_versions v where v.automation_id = ${row.id}
        and v.version <= ${row.version - versionsMax} and not exists (select from automation_runs r
          where r.automation_id = v.automation_id and r.version = v.version and r.ended_at is null)`.execute(
        tx,
      );
    },

    async update(tx: Tx, id: string, change: Updateable<AutomationsTable>): Promise<void> {
      await tx.updateTable('automations').set(change).where('id', '=', id).execute();
    },

    async remove(tx: Tx, id: string): Promise<void> {
      await tx.deleteFrom('automations').where('id', '=', id).execute();
    },

    /** Puts these of a profile into this order; answers how many there were. */
    async reorder(
      tx: Tx,
      tenancy: Tenancy,
      profileId: string,
      ids: readonly string[],
      now: Date,
    ): Promise<number> {
      const { numAffectedRows = 0n } = await sql`
        with theirs as (
          select a.id from automations a where ${isRowOf(tenancy, 'a')} and a.profile_id = ${profileId}
            and a.id = any(${[...ids]}::uuid[]) order by a.id for no key update
        )
        update automations a set priority = o.place, updated_at = ${now}
        from theirs, unnest(${[...ids]}::uuid[]) with ordinality as o (id, place)
        where a.id = theirs.id and o.id = a.id`.execute(tx);
      return Number(numAffectedRows);
    },

    /** Runs by how they went since then. */
    async outcomes(id: string, since: Date): Promise<ReadonlyMap<string, number>> {
      const { rows } = await sql<{ status: string; count: number }>`
        select case when ended_at is null then 'live' else status end as status, count(*)::int as count
        from automation_runs where automation_id = ${id} and started_at >= ${since} group by 1`.execute(db);
      return new Map(rows.map(({ status, count }) => [status, count]));
    },

    /** Of its latest runs since then: how long those took that were completed, and how many came to, and ended at, each node. */
    async passage(
      id: string,
      since: Date,
      max: number,
    ): Promise<{
      medianSeconds: number | null;
      nodes: { node: string; kind: string; reached: number; ended: number }[];
    }> {
      const recent = sql`recent as materialized (
        select id, status, started_at, ended_at from automation_runs where automation_id = ${id} and started_at >= ${since}
        order by started_at desc, id desc limit ${max})`;
      const [median, nodes] = await Promise.all([
        sql<{ seconds: number | null }>`with ${recent} select percentile_cont(0.5) within group
          (order by extract(epoch from ended_at - started_at)::float8) as seconds from recent
          where status = 'completed'`.execute(db),
        sql<{ node: string; kind: string; reached: number; ended: number }>`with ${recent}, steps as (
          select s.run_id, s.node, s.kind, r.ended_at is not null
            and s.n = max(s.n) over (partition by s.run_id) as is_end
          from recent r join automation_steps s on s.run_id = r.id)
          select node, kind, count(distinct run_id)::int as reached, (count(*) filter (where is_end))::int as ended
          from steps group by node, kind order by reached desc, node limit 200`.execute(db),
      ]);
      return { medianSeconds: median.rows[0]?.seconds ?? null, nodes: nodes.rows };
    },

    /** The zone of the organisation's clocks; undefined where it has set none. */
    async zoneOf(organizationId: string, from: Db | Tx = db): Promise<string | undefined> {
      const row = await from
        .selectFrom('organizations')
        .select(sql<string | null>`settings->>'timeZone'`.as('zone'))
        .where('id', '=', organizationId)
        .executeTakeFirst();
      return row?.zone ?? undefined;
    },

    /** Which of the people are members of the organisation. */
    async membersAmong(organizationId: string, ids: readonly string[]): Promise<string[]> {
      if (ids.length === 0) return [];
      const rows = await db
        .selectFrom('users')
        .select('id')
        .where('organization_id', '=', organizationId)
        .where('id', 'in', [...ids])
        .execute();
      return rows.map(({ id }) => id);
    },

    /** Which of these are automations of the profile. */
    async ofProfileAmong(profileId: string, ids: readonly string[]): Promise<string[]> {
      if (ids.length === 0) return [];
      const rows = await db
        .selectFrom('automations')
        .select('id')
        .where('profile_id', '=', profileId)
        .where('id', 'in', [...ids])
        .execute();
      return rows.map(({ id }) => id);
    },

    /** Which of these are templates of the organisation. */
    async templatesAmong(organizationId: string, ids: readonly string[]): Promise<string[]> {
      if (ids.length === 0) return [];
      const rows = await db
        .selectFrom('templates')
        .select('id')
        .where('organization_id', '=', organizationId)
        .where('id', 'in', [...ids])
        .execute();
      return rows.map(({ id }) => id);
    },

    inTransaction: <T>(work: (tx: Tx) => Promise<T>) => inTransaction(db, work),
  };
}

export type AutomationStore = ReturnType<typeof createAutomationStore>;

/** A row as what is compiled. */
export function definitionOf(row: AutomationRow): Definition {
  return {
    ...{ kind: row.kind, triggerType: row.trigger_type, triggerConfig: row.trigger_config },
    ...{ conditions: row.conditions, actions: row.actions, graph: row.graph, settings: row.settings },
  };
}
