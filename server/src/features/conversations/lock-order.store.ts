import { sql } from 'kysely';
import { type ChatId, lidOf, phoneOf } from '../../platform/chat-id.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import { formsOf } from '../../platform/number-forms.ts';

/**
 * Locks everything that resolving these chats may change: contacts by id, then conversations by id. Every transaction
 * that locks several of them uses this order, so that they can't deadlock.
 */
export async function lockInOrder(tx: Tx, profileId: string, chats: readonly ChatId[]): Promise<void> {
  const phones = chats.flatMap((chat) => formsOf(phoneOf(chat) ?? ''));
  const lids = chats.flatMap((chat) => lidOf(chat) ?? []);
  const contacts = await sql<{ id: string }>`select id from contacts
    where profile_id = ${profileId} and (phone = any(${phones}::text[]) or lid = any(${lids}::text[]))
    order by id for update`.execute(tx);
  const contactIds = contacts.rows.map(({ id }) => id);
  await sql`select id from conversations
    where profile_id = ${profileId} and (chat = any(${[...chats]}::text[]) or lid = any(${lids}::text[])
      or contact_id = any(${contactIds}::uuid[]))
    order by id for update`.execute(tx);
}

/** Removes a leaving member's assignments, of the open conversations or of all; answers how many. */
export async function unassign(
  tx: Tx,
  whose: { organizationId: string; userId: string },
  now: Date,
  which: 'open' | 'all',
): Promise<number> {
  const { numAffectedRows = 0n } = await sql`with theirs as (
      select id from conversations
      where organization_id = ${whose.organizationId} and assigned_user_id = ${whose.userId}
        and (${which === 'all'} or not is_archived)
      order by id for no key update
    )
    update conversations set assigned_user_id = null, updated_at = ${now}
    from theirs where conversations.id = theirs.id`.execute(tx);
  return Number(numAffectedRows);
}
