import type { Db, Tx } from '../../../platform/db/transaction.ts';

/** Pieces of the past that a profile's phone told and that are not read to their end, sealed. */

export async function keepPiece(
  db: Db,
  piece: { profileId: string; hash: Buffer; value: Buffer; now: Date },
): Promise<void> {
  await db
    .insertInto('engine_history')
    .values({ profile_id: piece.profileId, hash: piece.hash, value: piece.value, created_at: piece.now })
    .onConflict((oc) => oc.doNothing())
    .execute();
}

/** The one that came first, but none of `except`. */
export async function firstPiece(db: Db, profileId: string, except: readonly Buffer[]) {
  let query = db
    .selectFrom('engine_history')
    .select(['hash', 'value', 'stored'])
    .where('profile_id', '=', profileId);
  if (except.length > 0) query = query.where('hash', 'not in', [...except]);
  return query.orderBy('seq').limit(1).executeTakeFirst();
}

/** So many of its messages are stored. */
export async function noteStored(tx: Tx, profileId: string, hash: Buffer, stored: number): Promise<void> {
  await tx
    .updateTable('engine_history')
    .set({ stored })
    .where('profile_id', '=', profileId)
    .where('hash', '=', hash)
    .execute();
}

export async function removePiece(tx: Db | Tx, profileId: string, hash: Buffer): Promise<void> {
  await tx
    .deleteFrom('engine_history')
    .where('profile_id', '=', profileId)
    .where('hash', '=', hash)
    .execute();
}
