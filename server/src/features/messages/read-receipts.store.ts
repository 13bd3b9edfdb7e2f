import { sql } from 'kysely';
import type { Db } from '../../platform/db/transaction.ts';

/** A message that was read here, of which its sender is still to be told. */
export interface ReceiptDue {
  id: string;
  wa_message_id: string;
  sender: string | null;
  chat: string;
}

export async function receiptsDue(db: Db, profileId: string, limit: number): Promise<ReceiptDue[]> {
  const { rows } = await sql<ReceiptDue>`
    select m.id, m.wa_message_id, m.sender, c.chat from messages m
    join conversations c on c.id = m.conversation_id
    where m.profile_id = ${profileId} and m.receipt_due order by m.seq limit ${limit}`.execute(db);
  return rows;
}

export async function settleReceipts(db: Db, ids: string[]): Promise<void> {
  await db.updateTable('messages').set({ receipt_due: false }).where('id', 'in', ids).execute();
}
