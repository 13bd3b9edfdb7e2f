import { sql } from 'kysely';
import type { Tx } from '../../platform/db/transaction.ts';

/**
 * Conversations after contacts were saved here: each belongs to the contact with its number, and is called as that is.
 * `moved` when a number was changed: conversations under the old one belong to nobody then. Contacts must be locked.
 */
export async function followContacts(
  tx: Tx,
  contactIds: readonly string[],
  { now, moved = false }: { now: Date; moved?: boolean },
): Promise<void> {
  const ids = [...contactIds];
  await sql`
    with named as materialized (
      select c.id, k.id as contact_id, coalesce(k.name, k.whatsapp_name) as shown from contacts k
      join conversations c on c.profile_id = k.profile_id
        and c.chat in (k.phone || '@c.us', k.lid || '@lid')
      where k.id = any(${ids}::uuid[])
    ), own as materialized (
      select c.id, case when not ${moved}::boolean then k.id end as contact_id, coalesce(k.name, k.whatsapp_name) as shown
      from contacts k join conversations c on c.contact_id = k.id
      where k.id = any(${ids}::uuid[]) and c.id not in (select id from named)
    ), locked as materialized (
      select id from conversations where id in (select id from named union all select id from own)
      order by id for no key update
    )
    update conversations c
    set contact_id = n.contact_id, name = case when n.contact_id is null then c.name else n.shown end, updated_at = ${now}
    from locked l join (select * from named union all select * from own) n on n.id = l.id
    where c.id = l.id and (c.contact_id is distinct from n.contact_id or c.name is distinct from n.shown)`.execute(
    tx,
  );
}
