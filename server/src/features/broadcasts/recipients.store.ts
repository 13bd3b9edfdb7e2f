import { type Selectable, sql } from 'kysely';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import type { BroadcastRecipientsTable, BulkContent } from './broadcasts.tables.ts';
import { type Level, level } from './count/levels.ts';

export type RecipientRow = Selectable<BroadcastRecipientsTable>;

/** Somebody who is to be a recipient. */
export interface NewRecipient {
  chat: string;
  contactId?: string | null;
  content?: BulkContent | null;
  vars?: Record<string, string> | null;
  status: Level;
  code?: string | null;
  reason?: string | null;
}

/** What becomes of a recipient. */
export interface RecipientChange {
  ord: number;
  status: number;
  messageId?: string | null;
  notBefore?: Date | null;
  code?: string | null;
  reason?: string | null;
}

/**
 * Adds recipients behind the last one; who is a recipient already is none a second time. Answers the levels of those that
 * are new, and why they were left out.
 */
export async function addRecipients(
  tx: Tx,
  broadcastId: string,
  { until, now }: { until: number; now: Date },
  recipients: readonly NewRecipient[],
): Promise<{ status: number; code: string | null }[]> {
  if (recipients.length === 0) return [];
  const rows = recipients.map((one, at) => ({
    ...{
      ord: until + at + 1,
      chat: one.chat,
      contact_id: one.contactId ?? null,
      content: one.content ?? null,
    },
    ...{ vars: one.vars ?? null, status: one.status, code: one.code ?? null, reason: one.reason ?? null },
  }));
  const added = await sql<{ status: number; code: string | null }>`
    insert into broadcast_recipients (broadcast_id, ord, chat, contact_id, content, vars, status, code, reason, updated_at)
    select ${broadcastId}, ord, chat, contact_id, content, vars, status, code, reason, ${now}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as r (ord int, chat text, contact_id uuid, content jsonb, vars jsonb, status smallint, code text, reason text)
    order by ord
    on conflict do nothing
    returning status, code`.execute(tx);
  return added.rows;
}

/** The next who wait: those that were put off and are due, else those behind the cursor. */
export async function takeNext(
  tx: Tx,
  broadcastId: string,
  { cursor, now, limit }: { cursor: number; now: Date; limit: number },
): Promise<RecipientRow[]> {
  const waiting = tx
    .selectFrom('broadcast_recipients')
    .selectAll()
    .where('broadcast_id', '=', broadcastId)
    .limit(limit);
  const due = await waiting
    .where('status', '=', level.deferred)
    .where('not_before', '<=', now)
    .orderBy('not_before')
    .execute();
  if (due.length > 0) return due;
  // The cursor is a value, not a join: as one the plan reads the whole campaign.
  return waiting.where('ord', '>', cursor).where('status', '=', level.pending).orderBy('ord').execute();
}

/** When the first of those who were put off is due. */
export async function nextDeferred(tx: Tx, broadcastId: string): Promise<Date | null> {
  const row = await tx
    .selectFrom('broadcast_recipients')
    .select('not_before')
    .where('broadcast_id', '=', broadcastId)
    .where('status', '=', level.deferred)
    .orderBy('not_before')
    .limit(1)
    .executeTakeFirst();
  return row?.not_before ?? null;
}

export async function changeRecipients(
  tx: Tx,
  broadcastId: string,
  changes: readonly RecipientChange[],
  now: Date,
): Promise<void> {
  if (changes.length === 0) return;
  const rows = changes.map(({ ord, status, messageId, notBefore, code, reason }) => ({
    ...{ ord, status, message_id: messageId ?? null, not_before: notBefore ?? null },
    ...{ code: code ?? null, reason: reason ?? null },
  }));
  await sql`update broadcast_recipients r
    set status = c.status, message_id = coalesce(c.message_id, r.message_id), not_before = c.not_before, code = c.code,
      reason = c.reason, sent_at = case when c.status = ${level.sent} then ${now} else r.sent_at end, updated_at = ${now}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as c (ord int, status smallint, message_id uuid, not_before timestamptz, code text, reason text)
    where r.broadcast_id = ${broadcastId} and r.ord = c.ord`.execute(tx);
}

/** The messages of those who are in the queue of the profile, or on their way; at most `limit`. */
export async function queuedMessages(db: Db | Tx, broadcastId: string, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('broadcast_recipients')
    .select('message_id')
    .where('broadcast_id', '=', broadcastId)
    .where('status', '=', level.queued)
    .orderBy('ord')
    .limit(limit)
    .execute();
  return rows.flatMap(({ message_id }) => message_id ?? []);
}

/** Recipients by their messages. */
export function recipientsOfMessages(tx: Tx, messageIds: readonly string[]) {
  return tx
    .selectFrom('broadcast_recipients')
    .select(['broadcast_id', 'ord', 'variant', 'status', 'message_id', 'code', 'reason'])
    .where('message_id', 'in', [...messageIds])
    .orderBy('broadcast_id')
    .orderBy('ord')
    .execute();
}

/** Of those in the queue the ones whose message is not there any more: it was deleted with its conversation. */
export async function lostRecipients(tx: Tx, broadcastId: string, before: Date): Promise<number[]> {
  const { rows } = await sql<{ ord: number }>`select r.ord from broadcast_recipients r
    where r.broadcast_id = ${broadcastId} and r.status = ${level.queued} and r.updated_at < ${before}
      and not exists (select from messages m where m.id = r.message_id)
    order by r.ord limit 1000`.execute(tx);
  return rows.map(({ ord }) => ord);
}

/** A page of recipients in their order. */
export function listRecipients(
  db: Db,
  broadcastId: string,
  {
    levels,
    after,
    limit,
    offset,
  }: { levels: readonly number[] | undefined; after: number; limit: number; offset: number },
): Promise<RecipientRow[]> {
  return db
    .selectFrom('broadcast_recipients')
    .selectAll()
    .where('broadcast_id', '=', broadcastId)
    .where('ord', '>', after)
    .$if(levels !== undefined, (query) => query.where('status', 'in', [...(levels ?? [])]))
    .orderBy('ord')
    .limit(limit)
    .offset(offset)
    .execute();
}
