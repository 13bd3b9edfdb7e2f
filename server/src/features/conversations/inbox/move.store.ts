import { sql } from 'kysely';
import type { Tx } from '../../../platform/db/transaction.ts';

/** Gives labels and notes of one conversation to another; both must be locked. */
export async function moveInbox(tx: Tx, from: string, to: string): Promise<void> {
  await sql`insert into conversation_labels (conversation_id, label_id)
    select ${to}::uuid, label_id from conversation_labels where conversation_id = ${from}
    on conflict do nothing`.execute(tx);
  await tx
    .updateTable('conversation_notes')
    .set({ conversation_id: to })
    .where('conversation_id', '=', from)
    .execute();
}
