import { sql } from 'kysely';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import { type Counts, countNames } from './levels.ts';

/** Adds differences to the counters of a campaign; its row is locked before. */
export async function addCounts(tx: Tx, broadcastId: string, counts: Counts, variant = 0): Promise<void> {
  if (countNames.every((name) => counts[name] === 0)) return;
  const columns = sql.join(countNames.map((name) => sql.ref(name)));
  const sums = countNames.map(
    (name) => sql`${sql.ref(name)} = c.${sql.ref(name)} + excluded.${sql.ref(name)}`,
  );
  await sql`insert into broadcast_counters as c (broadcast_id, variant, ${columns})
    values (${broadcastId}, ${variant}, ${sql.join(countNames.map((name) => sql`${counts[name]}::int`))})
    on conflict (broadcast_id, variant) do update set ${sql.join(sums)}`.execute(tx);
}

/** As if nobody had ever been counted. */
export async function clearCounts(tx: Tx, broadcastId: string): Promise<void> {
  await tx.deleteFrom('broadcast_counters').where('broadcast_id', '=', broadcastId).execute();
  await tx.deleteFrom('broadcast_skips').where('broadcast_id', '=', broadcastId).execute();
}

/** Counts why people were left out. */
export async function addSkips(tx: Tx, broadcastId: string, codes: readonly string[]): Promise<void> {
  if (codes.length === 0) return;
  await sql`insert into broadcast_skips as s (broadcast_id, code, n)
    select ${broadcastId}, code, count(*)::int from unnest(${[...codes]}::text[]) as c (code) group by code order by code
    on conflict (broadcast_id, code) do update set n = s.n + excluded.n`.execute(tx);
}

/** The counts of these campaigns. */
export async function countsOf(db: Db | Tx, ids: readonly string[]): Promise<Map<string, Counts>> {
  if (ids.length === 0) return new Map();
  const sums = sql.join(countNames.map((name) => sql`sum(${sql.ref(name)})::int as ${sql.ref(name)}`));
  const { rows } = await sql<Counts & { broadcast_id: string }>`select broadcast_id, ${sums}
    from broadcast_counters where broadcast_id = any(${[...ids]}::uuid[]) group by broadcast_id`.execute(db);
  return new Map(rows.map(({ broadcast_id, ...counts }) => [broadcast_id, counts as Counts]));
}

/** The same of one campaign, each of its variants by itself. */
export async function countsByVariant(db: Db | Tx, id: string): Promise<Map<number, Counts>> {
  const rows = await db.selectFrom('broadcast_counters').selectAll().where('broadcast_id', '=', id).execute();
  return new Map(rows.map(({ broadcast_id: _, variant, ...counts }) => [variant, counts]));
}

/** Why people were left out, and how many for each reason. */
export async function skipsOf(db: Db | Tx, id: string): Promise<Record<string, number>> {
  const rows = await db
    .selectFrom('broadcast_skips')
    .select(['code', 'n'])
    .where('broadcast_id', '=', id)
    .orderBy('code')
    .execute();
  return Object.fromEntries(rows.map(({ code, n }) => [code, n]));
}
