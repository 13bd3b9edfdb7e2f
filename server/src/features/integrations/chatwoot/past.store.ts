import { sql } from 'kysely';
import type { Db, Tx } from '../../../platform/db/transaction.ts';

/** Chats with people and groups that said something since then, behind the last one by id. */
export async function chatsSince(
  db: Db,
  { profileId, since, after, limit }: { profileId: string; since: Date; after: string; limit: number },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from conversations where profile_id = ${profileId} and last_message_at >= ${since}
      and type in ('user', 'group') and not unreached and id > ${after}
    order by id limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** Makes a task of each message since then that Chatwoot was not told of, oldest first; answers how many. */
export async function addPast(
  tx: Tx,
  { conversationId, since, now, limit }: { conversationId: string; since: Date; now: Date; limit: number },
): Promise<number> {
  const { rows } = await sql`
    insert into integration_tasks (organization_id, kind, profile_id, lane, task, payload, due_at, created_at)
    select organization_id, 'chatwoot', profile_id, conversation_id::text, 'past',
      jsonb_build_object('messageId', id), ${now}, ${now}
    from (
      select m.organization_id, m.profile_id, m.conversation_id, m.id, m.timestamp, m.seq from messages m
      where m.conversation_id = ${conversationId} and m.timestamp >= ${since} and m.revoked_at is null
        and not exists (select from chatwoot_messages l where l.message_id = m.id)
      order by m.timestamp desc, m.seq desc limit ${limit}
    ) as newest
    order by timestamp, seq
    returning 1`.execute(tx);
  return rows.length;
}
