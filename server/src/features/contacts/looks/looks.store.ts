import { type SqlBool, sql } from 'kysely';
import type { Person } from '../../../engines/port.ts';
import { localPart } from '../../../platform/chat-id.ts';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import { formsOf } from '../../../platform/number-forms.ts';
import type { ContactRow } from '../people.store.ts';

/** A contact of the profile. */
export function contactOfProfile(db: Db, profileId: string, id: string): Promise<ContactRow | undefined> {
  return db
    .selectFrom('contacts')
    .selectAll()
    .where('profile_id', '=', profileId)
    .where('id', '=', id)
    .executeTakeFirst();
}

export async function lockOfProfile(tx: Tx, profileId: string, id: string): Promise<ContactRow | undefined> {
  return tx
    .selectFrom('contacts')
    .selectAll()
    .where('profile_id', '=', profileId)
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

/** It must be locked. */
export function keepLooks(
  tx: Tx,
  id: string,
  looks: Partial<
    Pick<
      ContactRow,
      | 'picture_state'
      | 'picture_version'
      | 'picture_media_id'
      | 'about_state'
      | 'about'
      | 'looked_at'
      | 'updated_at'
    >
  >,
): Promise<ContactRow> {
  return tx.updateTable('contacts').set(looks).where('id', '=', id).returningAll().executeTakeFirstOrThrow();
}

/** What is kept of these people is old from now on; answers the contacts of whom something was. */
export async function noteChanged(db: Db, profileId: string, people: readonly Person[]): Promise<string[]> {
  const phones = people.flatMap(({ phone }) => (phone ? formsOf(localPart(phone)) : []));
  const lids = people.flatMap(({ lid }) => (lid ? [localPart(lid)] : []));
  const rows = await db
    .updateTable('contacts')
    .set({ looked_at: null })
    .where('profile_id', '=', profileId)
    .where(sql<SqlBool>`(phone = any(${phones}::text[]) or lid = any(${lids}::text[]))`)
    .where(sql<SqlBool>`(looked_at is not null or picture_state <> 'unknown')`)
    .returning('id')
    .execute();
  return rows.map(({ id }) => id);
}
