import { sql } from 'kysely';
import type { Tx } from '../../platform/db/transaction.ts';
import type { ConversationRow } from './conversations.tables.ts';

/** Conversations whose rest or silence has ended, as they are then: each in the order of ids. */
export async function endOfTime(
  tx: Tx,
  now: Date,
  limit: number,
): Promise<{ rested: ConversationRow[]; silent: ConversationRow[] }> {
  const due = (column: 'snoozed_until' | 'muted_until') => sql`
    select id from conversations where id in (
      select id from conversations where ${sql.ref(column)} <= ${now} order by ${sql.ref(column)} limit ${limit}
    ) order by id for no key update skip locked`;
  const rested = await sql<ConversationRow>`with due as materialized (${due('snoozed_until')})
    update conversations set snoozed_until = null, updated_at = ${now},
      status = case when status = 'snoozed' then 'open' else status end
    where id in (select id from due) and snoozed_until <= ${now} returning *`.execute(tx);
  const silent = await sql<ConversationRow>`with due as materialized (${due('muted_until')})
    update conversations set is_muted = false, muted_until = null, updated_at = ${now}
    where id in (select id from due) and muted_until <= ${now} returning *`.execute(tx);
  return { rested: rested.rows, silent: silent.rows };
}

/** Those of these that rest or are closed are open again: somebody wrote. */
export async function reopen(tx: Tx, ids: readonly string[], now: Date): Promise<ConversationRow[]> {
  const { rows } = await sql<ConversationRow>`with due as materialized (
      select id from conversations where id = any(${[...ids]}::uuid[]) and status <> 'open' order by id for no key update
    )
    update conversations set status = 'open', snoozed_until = null, updated_at = ${now}
    where id in (select id from due) and status <> 'open' returning *`.execute(tx);
  return rows;
}
