import { type RawBuilder, sql } from 'kysely';

/** The last row of the page before: when it came, and its id among those of the same moment. */
export interface Edge {
  at: Date;
  id: string;
}

/** Part of a list. */
export interface Slice {
  limit: number;
  offset: number;
  after?: Edge | undefined;
}

/** SQL that is true behind the edge, in a list that is ordered by these columns in this direction. */
export function behind(
  { after }: Slice,
  columns: { at: string; id: string },
  direction: 'up' | 'down',
): RawBuilder<boolean> {
  if (!after) return sql`true`;
  const row = sql`(${sql.ref(columns.at)}, ${sql.ref(columns.id)})`;
  const edge = sql`(${after.at}::timestamptz, ${after.id}::uuid)`;
  return direction === 'up' ? sql`${row} > ${edge}` : sql`${row} < ${edge}`;
}
