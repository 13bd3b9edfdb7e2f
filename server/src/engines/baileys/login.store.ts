import { type RawBuilder, sql } from 'kysely';
import type { Db, Tx } from '../../platform/db/transaction.ts';

/** The sealed rows of a login: credentials, keys and decrypted messages that are not stored yet. */

export async function storedCredentials(db: Db, profileId: string): Promise<Buffer | undefined> {
  const row = await db
    .selectFrom('engine_credentials')
    .select('value')
    .where('profile_id', '=', profileId)
    .executeTakeFirst();
  return row?.value;
}

export async function hasCredentials(db: Db, profileId: string): Promise<boolean> {
  const row = await db
    .selectFrom('engine_credentials')
    .select('profile_id')
    .where('profile_id', '=', profileId)
    .executeTakeFirst();
  return row !== undefined;
}

/** Keys by their type and id, in one statement with always the same text. */
export async function storedKeys(
  db: Db,
  profileId: string,
  names: readonly { type: string; id: string }[],
): Promise<{ type: string; id: string; value: Buffer }[]> {
  const { rows } = await sql<{ type: string; id: string; value: Buffer }>`
    select k.type, k.id, k.value
    from unnest(${names.map(({ type }) => type)}::text[], ${names.map(({ id }) => id)}::text[]) as n (type, id)
    join engine_keys k on k.profile_id = ${profileId} and k.type = n.type and k.id = n.id`.execute(db);
  return rows;
}

/** Oldest first. */
export function journalOf(db: Db, profileId: string) {
  return db
    .selectFrom('engine_journal')
    .select(['hash', 'value', 'created_at'])
    .where('profile_id', '=', profileId)
    .orderBy('created_at')
    .execute();
}

export async function journalEntry(db: Db, profileId: string, hash: Buffer): Promise<Buffer | undefined> {
  const row = await db
    .selectFrom('engine_journal')
    .select('value')
    .where('profile_id', '=', profileId)
    .where('hash', '=', hash)
    .executeTakeFirst();
  return row?.value;
}

export async function settleJournal(tx: Tx, profileId: string, hashes: Buffer[]): Promise<void> {
  await tx
    .deleteFrom('engine_journal')
    .where('profile_id', '=', profileId)
    .where('hash', 'in', hashes)
    .execute();
}

/** The same as a part of a larger statement, when a condition of that holds. */
export function settledWhen(
  condition: RawBuilder<boolean>,
  profileId: string,
  hashes: Buffer[],
): RawBuilder<unknown> {
  return sql`delete from engine_journal
    where profile_id = ${profileId} and hash = any(${hashes}::bytea[]) and ${condition}`;
}

export async function forgetLogin(tx: Tx, profileId: string): Promise<void> {
  await tx.deleteFrom('engine_credentials').where('profile_id', '=', profileId).execute();
  await tx.deleteFrom('engine_keys').where('profile_id', '=', profileId).execute();
  await tx.deleteFrom('engine_journal').where('profile_id', '=', profileId).execute();
  await tx.deleteFrom('engine_history').where('profile_id', '=', profileId).execute();
}
