import { type Selectable, sql } from 'kysely';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import type { BroadcastRecipientsTable, BulkContent } from './broadcasts.tables.ts';
import { type Level, level } from './count/levels.ts';

export type RecipientRow = Selectable<BroadcastRecipientsTable>;

/** Somebody who is to be a recipient. */
export interface NewRecipient {
  chat: string;
  contactId?: string | null;
  variant?: number;
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
): Promise<{ status: number; variant: number; code: string | null }[]> {
  if (recipients.length === 0) return [];
  const rows = recipients.map((one, at) => ({
    ...{
      ord: until + at + 1,
      chat: one.chat,
      contact_id: one.contactId ?? null,
      variant: one.variant ?? 0,
      content: one.content ?? null,
    },
    ...{ vars: one.vars ?? null, status: one.status, code: one.code ?? null, reason: one.reason ?? null },
  }));
  const added = await sql<{ status: number; variant: number; code: string | null }>`
    insert into broadcast_recipients
      (broadcast_id, ord, chat, contact_id, variant, content, vars, status, code, reason, updated_at)
    select ${broadcastId}, ord, chat, contact_id, variant, content, vars, status, code, reason, ${now}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (ord int, chat text, contact_id uuid, variant smallint,
      content jsonb, vars jsonb, status smallint, code text, reason text)
    order by ord
    on conflict do nothing
    returning status, variant, code`.execute(tx);
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

/** Somebody as a recipient of a campaign whose message is the same for all. */
export function recipientOfChat(
  tx: Tx,
  broadcastId: string,
  chat: string,
): Promise<RecipientRow | undefined> {
  return tx
    .selectFrom('broadcast_recipients')
    .selectAll()
    .where('broadcast_id', '=', broadcastId)
    .where('chat', '=', chat)
    .where('content', 'is', null)
    .executeTakeFirst();
}

/** Those who wait, or one of so many of them, in their order. */
export function sampleWaiting(
  tx: Tx,
  broadcastId: string,
  { oneOf, limit }: { oneOf: number; limit: number },
): Promise<RecipientRow[]> {
  return tx
    .selectFrom('broadcast_recipients')
    .selectAll()
    .where('broadcast_id', '=', broadcastId)
    .where('status', 'in', [level.pending, level.deferred])
    .where(sql<boolean>`ord % ${oneOf} = 0`)
    .orderBy('ord')
    .limit(limit)
    .execute();
}

/** When the first of those who were put off is due, and why they were. */
export async function nextDeferred(
  tx: Tx,
  broadcastId: string,
): Promise<{ at: Date; code: string | null } | undefined> {
  const row = await tx
    .selectFrom('broadcast_recipients')
    .select(['not_before', 'code'])
    .where('broadcast_id', '=', broadcastId)
    .where('status', '=', level.deferred)
    .orderBy('not_before')
    .limit(1)
    .executeTakeFirst();
  return row?.not_before ? { at: row.not_before, code: row.code } : undefined;
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

/** Their messages were put back into the queue. */
export async function noteRetries(tx: Tx, broadcastId: string, messageIds: readonly string[]): Promise<void> {
  await sql`update broadcast_recipients set retries = retries + 1
    where broadcast_id = ${broadcastId} and message_id = any(${[...messageIds]}::uuid[])`.execute(tx);
}

/** Recipients by their messages. */
export function recipientsOfMessages(tx: Tx, messageIds: readonly string[]) {
  return tx
    .selectFrom('broadcast_recipients')
    .select(['broadcast_id', 'ord', 'variant', 'status', 'message_id', 'code', 'reason', 'retries'])
    .where('message_id', 'in', [...messageIds])
    .orderBy('broadcast_id')
    .orderBy('ord')
    .execute();
}

/** Of those in the queue the ones whose message is not there any more: it was deleted with its conversation. */
export async function lostRecipients(
  tx: Tx,
  broadcastId: string,
  before: Date,
): Promise<{ ord: number; variant: number }[]> {
  const { rows } = await sql<{
    ord: number;
    variant: number;
  }>`select r.ord, r.variant from broadcast_recipients r
    where r.broadcast_id = ${broadcastId} and r.status = ${level.queued} and r.updated_at < ${before}
      and not exists (select from messages m where m.id = r.message_id)
    order by r.ord limit 1000`.execute(tx);
  return rows;
}

/** How many are at one of these levels, of those for one of these reasons, or of those who have answered. */
export async function countRecipients(
  tx: Db | Tx,
  broadcastId: string,
  levels: readonly number[],
  { codes, replied }: { codes?: readonly string[] | undefined; replied?: boolean | undefined } = {},
): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from broadcast_recipients
    where broadcast_id = ${broadcastId} and status = any(${[...levels]}::smallint[])
      ${codes ? sql`and code = any(${[...codes]}::text[])` : sql``}
      ${replied ? sql`and replied_at is not null` : sql``}`.execute(tx);
  return rows[0]?.n ?? 0;
}

/** Deletes some of the recipients of a campaign; answers how many there were. */
export async function removeSome(tx: Tx, broadcastId: string, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`delete from broadcast_recipients where broadcast_id = ${broadcastId}
    and ord in (select ord from broadcast_recipients where broadcast_id = ${broadcastId} order by ord limit ${limit})`.execute(
    tx,
  );
  return Number(numAffectedRows ?? 0);
}

/** Why messages failed, and how many for each reason. */
export async function failuresOf(db: Db, broadcastId: string): Promise<Record<string, number>> {
  const { rows } = await sql<{ code: string | null; n: number }>`select code, count(*)::int as n
    from broadcast_recipients where broadcast_id = ${broadcastId} and status = ${sql.lit(level.failed)}
    group by code order by code`.execute(db);
  return Object.fromEntries(rows.map(({ code, n }) => [code ?? 'SEND_FAILED', n]));
}

/** A page of recipients in their order. */
export function listRecipients(
  db: Db | Tx,
  broadcastId: string,
  {
    levels,
    codes,
    replied,
    after,
    limit,
    offset,
  }: {
    levels: readonly number[] | undefined;
    codes?: readonly string[] | undefined;
    replied?: boolean | undefined;
    after: number;
    limit: number;
    offset: number;
  },
): Promise<RecipientRow[]> {
  return db
    .selectFrom('broadcast_recipients')
    .selectAll()
    .where('broadcast_id', '=', broadcastId)
    .where('ord', '>', after)
    .$if(levels !== undefined, (query) => query.where('status', 'in', [...(levels ?? [])]))
    .$if(codes !== undefined, (query) => query.where('code', 'in', [...(codes ?? [])]))
    .$if(replied === true, (query) => query.where('replied_at', 'is not', null))
    .orderBy('ord')
    .limit(limit)
    .offset(offset)
    .execute();
}
