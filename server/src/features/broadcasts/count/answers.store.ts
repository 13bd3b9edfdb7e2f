import { sql } from 'kysely';
import type { Db, Tx } from '../../../platform/db/transaction.ts';

/** Somebody said something, in a conversation or with a message. */
export interface SaidAt {
  conversationId?: string;
  messageId?: string;
  at: Date;
}

/** The clocks of phones tell whole seconds. */
const clockStep = sql`interval '1 second'`;

/**
 * The last message of a campaign that had been sent before somebody said something, and not longer ago than `hours`, by the
 * place in what is asked; along an index that has the messages of campaigns only.
 */
export async function lastCampaignMessages(
  db: Db | Tx,
  said: readonly SaidAt[],
  hours: number,
): Promise<Map<number, { messageId: string; sentAt: Date }>> {
  const asked = said.map(({ conversationId, messageId, at }, n) => ({
    ...{ n, conversation_id: conversationId ?? null, message_id: messageId ?? null, at },
  }));
  const { rows } = await sql<{ n: number; id: string; sent_at: Date }>`
    select a.n, m.id, m."timestamp" as sent_at
    from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb)
      as a (n int, conversation_id uuid, message_id uuid, at timestamptz)
    left join messages s on s.id = a.message_id
    cross join lateral (
      select m.id, m."timestamp" from messages m
      where m.conversation_id = coalesce(a.conversation_id, s.conversation_id)
        and m.origin_kind in ('broadcast', 'bulk') and m.status in ('sent', 'delivered', 'read', 'played')
        and m."timestamp" < a.at + ${clockStep} and m."timestamp" > a.at - ${hours} * interval '1 hour'
      order by m."timestamp" desc, m.seq desc limit 1
    ) m`.execute(db);
  return new Map(rows.map(({ n, id, sent_at }) => [n, { messageId: id, sentAt: sent_at }]));
}

/** Marks who has answered, each once; answers those who had not. */
export async function markAnswers(
  tx: Tx,
  mark: 'replied' | 'opted_out',
  answers: readonly { messageId: string; at: Date }[],
): Promise<{ broadcast_id: string; variant: number }[]> {
  const change = mark === 'replied' ? sql`replied_at = a.at` : sql`opted_out = true`;
  const isNew = mark === 'replied' ? sql`r.replied_at is null` : sql`not r.opted_out`;
  const { rows } = await sql<{ broadcast_id: string; variant: number }>`
    update broadcast_recipients r set ${change}
    from (select message_id, min(at) as at from jsonb_to_recordset(${JSON.stringify(
      answers.map(({ messageId, at }) => ({ message_id: messageId, at })),
    )}::jsonb) as a (message_id uuid, at timestamptz) group by message_id) a
    where r.message_id = a.message_id and ${isNew}
    returning r.broadcast_id, r.variant`.execute(tx);
  return rows;
}
