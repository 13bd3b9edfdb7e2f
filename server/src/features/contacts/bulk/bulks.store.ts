import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Tx } from '../../../platform/db/transaction.ts';
import { type ContactFilter, matches } from '../contacts.store.ts';
import type { ContactRow } from '../people.store.ts';
import type { Whose } from '../whose.ts';

/** Which contacts: these, or all that match. */
export type WhichContacts = { ids: readonly string[] } | { filter: ContactFilter };

/** A query of the ids of those of a profile. */
export function chosenContacts(
  { organizationId, profileId }: Whose,
  which: WhichContacts,
): RawBuilder<unknown> {
  const isChosen =
    'ids' in which
      ? sql<SqlBool>`k.id = any(${[...which.ids]}::uuid[])`
      : matches(organizationId, which.filter);
  return sql`select k.id from contacts k where k.profile_id = ${profileId} and ${isChosen}`;
}

/** Those of the profile that are still there, locked by id. */
export function lockContacts(tx: Tx, profileId: string, ids: readonly string[]): Promise<ContactRow[]> {
  return tx
    .selectFrom('contacts')
    .selectAll()
    .where('profile_id', '=', profileId)
    .where('id', '=', sql<string>`any(${[...ids]}::uuid[])`)
    .orderBy('id')
    .forUpdate()
    .execute();
}

export async function setTags(
  tx: Tx,
  rows: readonly { id: string; tags: readonly string[] }[],
  now: Date,
): Promise<void> {
  if (rows.length === 0) return;
  await sql`update contacts k set updated_at = ${now}, tags = array(select jsonb_array_elements_text(new.tags))
    from unnest(${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ tags }) => JSON.stringify(tags))}::jsonb[])
      as new (id, tags) where k.id = new.id`.execute(tx);
}
