import { type Insertable, sql } from 'kysely';
import type { Db } from '../db/transaction.ts';
import type { MessageTracesTable } from './message-traces.tables.ts';

export type TraceRow = Insertable<MessageTracesTable>;

const keptDays = 4;

export async function insertTraces(db: Db, rows: readonly TraceRow[]): Promise<void> {
  await db
    .insertInto('message_traces')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function findTrace(db: Db, profileId: string, waMessageId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('message_traces')
    .select('traceparent')
    .where('profile_id', '=', profileId)
    .where('wa_message_id', '=', waMessageId)
    .executeTakeFirst();
  return row?.traceparent;
}

/** Forgets traces that nothing follows any more: the last attempt of a webhook is made before. */
export async function purgeTraces(db: Db): Promise<void> {
  await sql`delete from message_traces where created_at < now() - make_interval(days => ${keptDays})`.execute(
    db,
  );
}
