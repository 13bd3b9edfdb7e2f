import { type Insertable, type Selectable, sql } from 'kysely';
import type { Tables } from '../../platform/db/tables.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';

type PoliciesTable = Tables['sending_policies'];

/** What a profile has set. */
export function findRules(db: Db | Tx, profileId: string): Promise<Selectable<PoliciesTable> | undefined> {
  return db.selectFrom('sending_policies').selectAll().where('profile_id', '=', profileId).executeTakeFirst();
}

/** False when the profile is gone. */
export async function putRules(tx: Tx, row: Insertable<PoliciesTable>): Promise<boolean> {
  const { rows } = await sql`select from profiles where id = ${row.profile_id} for key share`.execute(tx);
  if (rows.length === 0) return false;
  const { rules, updated_at } = row;
  await tx
    .insertInto('sending_policies')
    .values(row)
    .onConflict((conflict) => conflict.column('profile_id').doUpdateSet({ rules, updated_at }))
    .execute();
  return true;
}
