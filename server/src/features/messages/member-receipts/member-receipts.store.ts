import { sql } from 'kysely';
import type { ReceiptStatus } from '../../../engines/port.ts';
import type { Db } from '../../../platform/db/transaction.ts';

/** A member of a group has a message of ours. */
export interface MemberReceipt {
  profileId: string;
  waMessageId: string;
  status: ReceiptStatus;
  person: string;
  at: Date;
}

/** A person has one row for each message; the first moment of each step counts, in whichever order they come. */
export async function keepMemberReceipts(db: Db, receipts: readonly MemberReceipt[]): Promise<void> {
  const column = <Name extends keyof MemberReceipt>(name: Name) => receipts.map((one) => one[name]);
  await sql`
    insert into member_receipts as r (message_id, organization_id, person, delivered_at, read_at, played_at)
    select m.id, m.organization_id, told.person, min(told.at),
      min(told.at) filter (where told.status in ('read', 'played')), min(told.at) filter (where told.status = 'played')
    from unnest(${column('profileId')}::uuid[], ${column('waMessageId')}::text[], ${column('status')}::text[],
      ${column('person')}::text[], ${column('at')}::timestamptz[]) as told (profile_id, wa_message_id, status, person, at)
    join messages m on m.wa_message_id = told.wa_message_id and m.profile_id is not distinct from told.profile_id
      and m.direction = 'outgoing'
    group by m.id, m.organization_id, told.person
    order by m.id, told.person
    on conflict (message_id, person) do update set
      delivered_at = least(r.delivered_at, excluded.delivered_at),
      read_at = least(r.read_at, excluded.read_at), played_at = least(r.played_at, excluded.played_at)`.execute(
    db,
  );
}

/** Who has a message, the first first; at most `limit`. */
export function memberReceiptsOf(db: Db, messageId: string, limit: number) {
  return db
    .selectFrom('member_receipts')
    .select(['person', 'delivered_at', 'read_at', 'played_at'])
    .where('message_id', '=', messageId)
    .orderBy('delivered_at')
    .orderBy('person')
    .limit(limit)
    .execute();
}
