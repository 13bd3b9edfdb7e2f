import { sql } from 'kysely';
import type { Db, Tx } from '../db/transaction.ts';
import type { WorkAtOnce } from '../feature.ts';

/** A new reader begins behind this position; a known one keeps its cursor. */
export async function addCursor(db: Db, reader: string, position: number): Promise<void> {
  await db
    .insertInto('event_cursors')
    .values({ reader, position })
    .onConflict((conflict) => conflict.column('reader').doNothing())
    .execute();
}

/** The cursor, locked until the transaction ends; undefined when another node has locked it. */
export async function claimCursor(tx: Tx, reader: string): Promise<number | undefined> {
  const row = await tx
    .selectFrom('event_cursors')
    .select('position')
    .where('reader', '=', reader)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  return row?.position;
}

export async function moveCursor(tx: Tx, reader: string, position: number): Promise<void> {
  await tx.updateTable('event_cursors').set({ position }).where('reader', '=', reader).execute();
}

/** Moves the cursor if it stands where it is expected and no other node has locked it; says whether it did. */
export async function moveIfAt(
  db: Db,
  { reader, from, to }: { reader: string; from: number; to: number },
): Promise<boolean> {
  const { rows } = await sql`
    with at_cursor as materialized (
      select 1 from event_cursors where reader = ${reader} and position = ${from} for update skip locked
    )
    update event_cursors set position = ${to}
    where reader = ${reader} and exists (select from at_cursor) returning 1`.execute(db);
  return rows.length > 0;
}

/** Where the cursor is, without locking it. */
export async function cursorAt(db: Db, reader: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('event_cursors')
    .select('position')
    .where('reader', '=', reader)
    .executeTakeFirst();
  return row?.position;
}

/**
 * Moves the cursor together with work of its reader, if it stands where it is expected and no other node has locked it.
 * Answers what was made; undefined when nothing was done.
 */
export async function moveWith(
  db: Db,
  step: { reader: string; from: number; to: number; work: Pick<WorkAtOnce, 'insert' | 'made'> },
): Promise<unknown[] | undefined> {
  const { rows } = await sql<{ moved: boolean; is_made: boolean | null }>`
    with at_cursor as materialized (
      select 1 from event_cursors where reader = ${step.reader} and position = ${step.from} for update skip locked
    ), work as (${step.work.insert}), step as (
      update event_cursors set position = ${step.to}
      where reader = ${step.reader} and exists (select from at_cursor) returning 1
    )
    select exists (select from step) as moved, made.*
    from (values (1)) as one left join (select true as is_made, m.* from (${step.work.made}) as m) as made on true`.execute(
    db,
  );
  return rows[0]?.moved ? rows.filter((row) => row.is_made) : undefined;
}
