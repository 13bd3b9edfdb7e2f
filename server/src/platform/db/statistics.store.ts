import { sql } from 'kysely';
import type { Db } from './transaction.ts';

/** Sizes at which plans change; beyond them the server's own looks come early enough. */
const steps = [100, 1_000, 10_000];

/** Our tables that have grown past a step since the planner heard of their size. */
async function grownTables(db: Db): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_class c
    where c.relnamespace = to_regnamespace(current_schema()) and c.relkind = 'r' and pg_has_role(c.relowner, 'usage')
      and exists (select from unnest(${steps}::bigint[]) step
        where c.reltuples < step and pg_stat_get_live_tuples(c.oid) >= step)
    order by c.relname`.execute(db);
  return rows.map(({ name }) => name);
}

/**
 * Tells the planner the size of tables that have grown, upon which kept plans are made anew; answers which. A table that
 * somebody looks at already, as another node may, is left to them.
 */
export async function analyzeGrown(db: Db): Promise<string[]> {
  const tables = await grownTables(db);
  if (tables.length > 0)
    await sql`analyze (skip_locked) ${sql.join(tables.map((name) => sql.table(name)))}`.execute(db);
  return tables;
}
