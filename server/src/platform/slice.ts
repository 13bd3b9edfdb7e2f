import { type RawBuilder, sql } from 'kysely';

/** The last row of the previous page: its time, and its id among rows of the same time. */
export interface Edge<At extends Date | null = Date> {
  at: At;
  id: string;
}

/** Part of a list. */
export interface Slice<At extends Date | null = Date> {
  limit: number;
  offset: number;
  after?: Edge<At> | undefined;
}

/** SQL that is true behind the edge, in a list that is ordered by these columns in this direction. */
export function behind(
  { after }: Pick<Slice, 'after'>,
  columns: { at: string; id: string },
  direction: 'up' | 'down',
): RawBuilder<boolean> {
  if (!after) return sql`true`;
  const row = sql`(${sql.ref(columns.at)}, ${sql.ref(columns.id)})`;
  const edge = sql`(${after.at}::timestamptz, ${after.id}::uuid)`;
  return direction === 'up' ? sql`${row} > ${edge}` : sql`${row} < ${edge}`;
}
