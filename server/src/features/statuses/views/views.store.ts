import { sql } from 'kysely';
import type { ReceiptStatus } from '../../../engines/port.ts';
import type { Db, Tx } from '../../../platform/db/transaction.ts';

/** What a receipt says of one status update. */
export interface ViewReceipt {
  waMessageId: string;
  status: ReceiptStatus;
  person: string;
  at: Date;
}

/** Somebody looked at a status update for the first time. */
export interface FirstView {
  status_id: string;
  wa_message_id: string;
  organization_id: string;
  person: string;
  read_at: Date;
}

/**
 * Keeps who has status updates of ours, once for each person; the first moment of each step counts, in whichever order they
 * come. Answers who looks at one for the first time.
 */
export async function keepViews(
  tx: Tx,
  profileId: string,
  views: readonly ViewReceipt[],
): Promise<FirstView[]> {
  const column = <Name extends keyof ViewReceipt>(name: Name) => views.map((one) => one[name]);
  const { rows } = await sql<FirstView & { was_read_at: Date | null }>`
    with told as (
      select s.id, s.organization_id, s.wa_message_id, t.person, min(t.at) as at,
        min(t.at) filter (where t.status in ('read', 'played')) as read_at
      from unnest(${column('waMessageId')}::text[], ${column('status')}::text[], ${column('person')}::text[],
        ${column('at')}::timestamptz[]) as t (wa_message_id, status, person, at)
      join statuses s on s.profile_id = ${profileId} and s.wa_message_id = t.wa_message_id and s.from_me
      group by s.id, s.organization_id, s.wa_message_id, t.person
    ), before as (
      select v.status_id, v.person, v.read_at from status_views v
      join told on told.id = v.status_id and told.person = v.person
      order by v.status_id, v.person for update of v
    ), kept as (
      insert into status_views as v (status_id, organization_id, person, delivered_at, read_at)
      select id, organization_id, person, at, read_at from told where (select count(*) from before) >= 0
      order by id, person
      on conflict (status_id, person) do update set
        delivered_at = least(v.delivered_at, excluded.delivered_at), read_at = least(v.read_at, excluded.read_at)
      returning status_id, person, read_at
    )
    select told.organization_id, told.wa_message_id, kept.status_id, kept.person, kept.read_at
    from kept join told on told.id = kept.status_id and told.person = kept.person
    left join before b on b.status_id = kept.status_id and b.person = kept.person
    where kept.read_at is not null and b.read_at is null`.execute(tx);
  return rows;
}

/** Who has a status update, the first first. */
export function viewsOf(db: Db, statusId: string, limit: number) {
  return db
    .selectFrom('status_views')
    .select(['person', 'delivered_at', 'read_at'])
    .where('status_id', '=', statusId)
    .orderBy('delivered_at')
    .orderBy('person')
    .limit(limit)
    .execute();
}
