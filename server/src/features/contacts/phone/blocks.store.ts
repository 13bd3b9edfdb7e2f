import { sql } from 'kysely';
import type { Tx } from '../../../platform/db/transaction.ts';
import type { ContactRow } from '../people.store.ts';

/** Contacts are blocked as the network has it; answers those that changed. */
export async function followBlocks(
  tx: Tx,
  profileId: string,
  blocked: { phones: readonly string[]; lids: readonly string[] },
  now: Date,
): Promise<ContactRow[]> {
  const { rows } = await sql<ContactRow>`
    with wanted as materialized (
      select id from contacts where profile_id = ${profileId} and phone = any(${[...blocked.phones]}::text[])
      union
      select id from contacts where profile_id = ${profileId} and lid = any(${[...blocked.lids]}::text[])
    ), news as materialized (
      select id, not is_blocked as is_blocked from contacts
      where id in (select w.id from wanted w join contacts b on b.id = w.id where not b.is_blocked)
        or (profile_id = ${profileId} and is_blocked and id not in (select id from wanted))
      order by id for no key update
    )
    update contacts k set is_blocked = n.is_blocked, updated_at = ${now}
    from news n where k.id = n.id returning k.*`.execute(tx);
  return rows;
}
