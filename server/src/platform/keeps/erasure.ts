import { type RawBuilder, sql } from 'kysely';
import type { Tables } from '../db/tables.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { Subject } from './section.ts';

/** Somebody who leaves; their row stays locked until the transaction ends. */
export interface Leaving {
  readonly id: string;
  readonly organizationId: string;
  readonly email: string;
}

/** Something about a person, gone or nameless in the transaction in which they leave. */
export interface PersonPiece {
  /** Orders the pieces of all features; rows that others hang on go after those. */
  readonly place: number;
  /** Under which name the answer counts its rows. */
  readonly counts?: string;
  /** Answers how many rows it was about. What goes by itself with the person is only counted. */
  erase(tx: Tx, person: Leaving, now: Date): Promise<number>;
}

/** Puts a part of an organisation to rest in the transaction that hides it: from the commit on nothing of it is done. */
export interface HidingPiece {
  /** Orders the pieces of all features, and with them their locks. */
  readonly place: number;
  hide(tx: Tx, organizationId: string, now: Date): Promise<void>;
}

/**
 * Rows of an organisation, deleted a batch at a time after it was hidden. What is short goes by cascade and needs no
 * piece. Each may be interrupted and done again.
 */
export type RowsPiece = {
  /** Orders the pieces of all features; rows that others hang on go after those. */
  readonly place: number;
  readonly table: keyof Tables;
} & (
  | { readonly of: (whose: Pick<Subject, 'organizationId'>) => RawBuilder<boolean>; readonly batch?: number }
  /** Where there is more to do than to delete; answers how many rows went, and is asked until none did. */
  | { erase(db: Db, organizationId: string): Promise<number> }
);

/** Rows that hang on rows of the organisation in another table. */
export function within(
  column: string,
  table: keyof Tables,
): (whose: Pick<Subject, 'organizationId'>) => RawBuilder<boolean> {
  return ({ organizationId }) =>
    sql`${sql.ref(column)} in (select id from ${sql.table(table)} where organization_id = ${organizationId})`;
}
