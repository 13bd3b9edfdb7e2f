import { sql } from 'kysely';
import type { Db } from '../../../platform/db/transaction.ts';

const campaignsMax = 5;
/** Recipients of a campaign that are looked through for some who were never asked about. */
const aheadMax = 200;

/**
 * The numbers that campaigns of a profile come to next and of which nobody knows whether they are on WhatsApp: of strangers
 * only, where the policy wants it. With them what restricts the profile.
 */
export async function uncheckedAhead(
  db: Db,
  profileId: string,
  { now, checkedSince, limit }: { now: Date; checkedSince: Date; limit: number },
): Promise<{ chats: string[]; restrictions: unknown; organizationId: string | undefined }> {
  const { rows } = await sql<{ chats: string[] | null; restrictions: unknown; organization_id: string }>`
    select p.restrictions, p.organization_id, (
      select array_agg(distinct chat) from (
        select r.chat from (
          select id, cursor from broadcasts b
          where b.profile_id = p.id and b.status = 'running' and b.kind = 'broadcast' and b.next_due_at <= ${now}
            and coalesce((b.settings -> 'policy' ->> 'numberCheck')::boolean, (s.rules ->> 'numberCheck')::boolean, true)
          order by b.next_due_at limit ${campaignsMax}
        ) b cross join lateral (
          select r.chat from broadcast_recipients r
          where r.broadcast_id = b.id and r.ord > b.cursor and r.status = 0 order by r.ord limit ${aheadMax}
        ) r
        where r.chat like '%@c.us'
          and not exists (select from number_checks n where n.profile_id = p.id
            and n.phone = split_part(r.chat, '@', 1) and n.checked_at > ${checkedSince})
          and not exists (select from conversations c where c.profile_id = p.id and c.chat = r.chat)
        limit ${limit}
      ) ahead
    ) as chats
    from profiles p left join sending_policies s on s.profile_id = p.id where p.id = ${profileId}`.execute(
    db,
  );
  const [row] = rows;
  return {
    chats: row?.chats ?? [],
    restrictions: row?.restrictions ?? null,
    organizationId: row?.organization_id,
  };
}
