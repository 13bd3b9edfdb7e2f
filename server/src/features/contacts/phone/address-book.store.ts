import { sql } from 'kysely';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import type { Whose } from '../whose.ts';

/** Somebody in an address book; without a name they are not in it any more. */
export interface BookEntry {
  /** The chat, by number where that is known. */
  person: string;
  phone: string | null;
  lid: string | null;
  name: string | null;
  at: Date;
}

/** Stores what was set in the address book, of each person the last. */
export async function keepBook(
  tx: Tx,
  { organizationId, profileId }: Whose,
  entries: readonly BookEntry[],
): Promise<void> {
  const last = [...new Map(entries.map((entry) => [entry.person, entry])).values()];
  const gone = last.filter(({ name }) => name === null);
  const kept = last.filter(({ name }) => name !== null);
  // Somebody may have been known by linked identity before the number was.
  const lids = last.flatMap(({ person, lid }) => (lid && person !== `${lid}@lid` ? [`${lid}@lid`] : []));
  const persons = [...gone.map(({ person }) => person), ...lids];
  if (persons.length > 0) {
    await sql`delete from address_books where profile_id = ${profileId} and person = any(${persons}::text[])`.execute(
      tx,
    );
  }
  if (kept.length === 0) return;
  await sql`insert into address_books (organization_id, profile_id, person, phone, lid, name, set_at)
    select ${organizationId}::uuid, ${profileId}::uuid, * from unnest(${kept.map(({ person }) => person)}::text[],
      ${kept.map(({ phone }) => phone)}::text[], ${kept.map(({ lid }) => lid)}::text[],
      ${kept.map(({ name }) => name)}::text[], ${kept.map(({ at }) => at)}::timestamptz[]) as e (person)
    order by person
    on conflict (profile_id, person) do update
      set phone = excluded.phone, lid = coalesce(excluded.lid, address_books.lid), name = excluded.name,
        set_at = excluded.set_at`.execute(tx);
}

/** The next people of an address book. */
export async function bookPage(
  db: Db,
  profileId: string,
  after: string,
  limit: number,
): Promise<BookEntry[]> {
  const { rows } = await sql<BookEntry>`select person, phone, lid, name, set_at as at from address_books
    where profile_id = ${profileId} and person > ${after} order by person limit ${limit}`.execute(db);
  return rows;
}
