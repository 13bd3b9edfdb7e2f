import { type RawBuilder, type SqlBool, sql } from 'kysely';

/** SQL that is true for rows whose column has one of these ids; of a single id the plan is made for that one. */
export const isOneOf = (column: string, ids: readonly string[]): RawBuilder<SqlBool> =>
  ids.length === 1
    ? sql`${sql.ref(column)} = ${ids[0]}::uuid`
    : sql`${sql.ref(column)} = any(${[...ids]}::uuid[])`;
