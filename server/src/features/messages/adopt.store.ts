import { sql } from 'kysely';
import type { Tx } from '../../platform/db/transaction.ts';
import { moveReferences } from '../media/index.ts';

/**
 * Gives all messages of one conversation to another, with what was done to them. Both conversations must be locked. A
 * message that both have is the same message: the one of `to` stays. Answers how many that went were unread.
 */
export async function adopt(tx: Tx, from: string, to: string): Promise<number> {
  // The queue is locked before its messages.
  await sql`select 1 from outbox where message_id in (select id from messages where conversation_id in (${to}, ${from}))
    order by seq for update`.execute(tx);
  await sql`select seq from messages where conversation_id in (${to}, ${from}) order by seq for update`.execute(
    tx,
  );
  const doubled = await sql<{
    was_unread: boolean;
    from: string;
    to: string;
  }>`delete from messages gone using messages stays
    where gone.conversation_id = ${from} and stays.conversation_id = ${to}
      and gone.wa_message_id = stays.wa_message_id
    returning gone.direction = 'incoming' and gone.status = 'received' and gone.revoked_at is null as was_unread,
      gone.id as from, stays.id as to`.execute(tx);
  await tx.updateTable('messages').set({ conversation_id: to }).where('conversation_id', '=', from).execute();
  await tx
    .updateTable('message_words')
    .set({ conversation_id: to })
    .where('conversation_id', '=', from)
    .execute();
  await sql`update outbox o set conversation_id = ${to} from messages m
    where m.conversation_id = ${to} and o.message_id = m.id and o.conversation_id = ${from}`.execute(tx);
  await sql`insert into message_changes
    select organization_id, profile_id, ${to}::uuid, target_id, kind, author_key, author, author_name,
      wa_message_id, content, true, at, created_at
    from message_changes where conversation_id = ${from}
    on conflict (conversation_id, target_id, kind, author_key) do update
    set author = excluded.author, author_name = excluded.author_name, wa_message_id = excluded.wa_message_id,
      content = excluded.content, waiting = true, at = excluded.at
    where excluded.at > message_changes.at`.execute(tx);
  await moveReferences(tx, 'message', doubled.rows);
  return doubled.rows.filter((row) => row.was_unread).length;
}
