import { sql } from 'kysely';
import type { Tables } from '../db/tables.ts';
import type { PersonPiece } from './erasure.ts';

/** A piece that only counts the rows of a person which go by cascade. */
export function countOfUser(table: keyof Tables): PersonPiece['erase'] {
  return async (tx, { id }) => {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from ${sql.table(table)} where user_id = ${id}`.execute(tx);
    return rows[0]?.count ?? 0;
  };
}
