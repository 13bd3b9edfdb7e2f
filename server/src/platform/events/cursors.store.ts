import type { Db, Tx } from '../db/transaction.ts';

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
