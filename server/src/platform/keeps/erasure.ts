import { type RawBuilder, sql } from 'kysely';
import type { Tables } from '../db/tables.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { Subject } from './section.ts';

/** A person who leaves; their row stays locked until the transaction ends. */
export interface Leaving {
  readonly id: string;
  readonly organizationId: string;
  readonly email: string;
}

/** Data about a person, deleted or made anonymous in the transaction in which they leave. */
export interface PersonPiece {
  /** Orders the pieces of all features; rows are deleted after those that refer to them. */
  readonly place: number;
  /** The name under which the answer counts its rows. */
  readonly counts?: string;
  /** Answers the number of rows. Rows that are deleted by cascade are only counted. */
  erase(tx: Tx, person: Leaving, now: Date): Promise<number>;
}

/** Stops a part of an organisation in the transaction that hides it: after the commit nothing runs for it. */
export interface HidingPiece {
  /** Orders the pieces of all features, and with them their locks. */
  readonly place: number;
  hide(tx: Tx, organizationId: string, now: Date): Promise<void>;
}

/**
 * Rows of an organisation, deleted in batches after it was hidden. Small tables are deleted by cascade and need no
 * piece. Each piece may be interrupted and repeated.
 */
export type RowsPiece = {
  /** Orders the pieces of all features; rows are deleted after those that refer to them. */
  readonly place: number;
  readonly table: keyof Tables;
} & (
  | { readonly of: (whose: Pick<Subject, 'organizationId'>) => RawBuilder<boolean>; readonly batch?: number }
  /** For rows that need more than a delete; answers how many rows were deleted, and is repeated until none are left. */
  | { erase(db: Db, organizationId: string): Promise<number> }
);

/** Rows that refer to rows of the organisation in another table. */
export function within(
  column: string,
  table: keyof Tables,
): (whose: Pick<Subject, 'organizationId'>) => RawBuilder<boolean> {
  return ({ organizationId }) =>
    sql`${sql.ref(column)} in (select id from ${sql.table(table)} where organization_id = ${organizationId})`;
}
