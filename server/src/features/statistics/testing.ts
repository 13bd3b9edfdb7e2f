import { type RawBuilder, sql } from 'kysely';
import { type Db, inTransaction } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { newId } from '../../platform/ids.ts';

/** Where made-up messages go. */
export interface Chat {
  organizationId: string;
  profileId: string;
  conversationId: string;
}

/** For tests: a direct chat of a profile. */
export async function makeChat(db: Db, organizationId: string, profileId: string): Promise<Chat> {
  const conversationId = newId();
  const now = new Date();
  const place = { id: conversationId, organization_id: organizationId, profile_id: profileId };
  await db
    .insertInto('conversations')
    .values({ ...place, chat: `${conversationId}@c.us`, type: 'user', created_at: now, updated_at: now })
    .execute();
  return { organizationId, profileId, conversationId };
}

/** What may become of a message that stands somewhere, with what is told of it, as receipts do that skip levels. */
const ways: Record<string, readonly (readonly [string, string, string?][])[]> = {
  queued: [
    [['message.sent', 'sent']],
    [['message.sent', 'sent']],
    [
      ['message.sent', 'sent'],
      ['message.delivered', 'delivered', 'sent'],
    ],
    [
      ['message.sent', 'sent'],
      ['message.read', 'read', 'sent'],
    ],
    [['message.failed', 'failed']],
    [['message.failed', 'expired']],
    [['message.cancelled', 'cancelled']],
  ],
  failed: [
    [
      ['message.sent', 'sent'],
      ['message.delivered', 'delivered', 'sent'],
    ],
  ],
  sent: [[['message.delivered', 'delivered']], [['message.read', 'read']], [['message.read', 'played']]],
  delivered: [[['message.read', 'read']], [['message.read', 'played']]],
  read: [[['message.read', 'played']]],
};

/** For tests: messages that come and go by chance, as rows and events in one transaction. */
export function createTraffic(deps: {
  db: Db;
  recorder: Pick<EventRecorder, 'recordAll'>;
  random: () => number;
  chats: readonly Chat[];
  /** Messages are of the days from here on. */
  from: Date;
  days: number;
}) {
  const { db, recorder, random, chats, from, days } = deps;
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const sent: { id: string; chat: Chat; status: string; type: string; timestamp: Date }[] = [];

  async function arrive(): Promise<void> {
    const chat = pick(chats);
    const isOurs = random() < 0.6;
    const isFromPhone = isOurs && random() < 0.2;
    const type = pick(['text', 'text', 'image', 'call']);
    const timestamp = new Date(from.getTime() + Math.floor(random() * days * 86_400_000));
    const status = isOurs ? (isFromPhone ? 'sent' : 'queued') : 'received';
    const id = newId();
    const direction = isOurs ? 'outgoing' : 'incoming';
    const name = isOurs ? (isFromPhone ? 'message.sent' : 'message.queued') : 'message.received';
    await inTransaction(db, async (tx) => {
      await tx
        .insertInto('messages')
        .values({
          ...{ id, direction, type, status, timestamp, created_at: timestamp, updated_at: timestamp },
          ...{ organization_id: chat.organizationId, profile_id: chat.profileId },
          ...{ conversation_id: chat.conversationId, wa_message_id: id, content: '{}' },
        })
        .execute();
      const message = { id, direction, type, conversationId: chat.conversationId, timestamp };
      await recorder.recordAll(tx, [
        {
          ...{ definition: { name }, organizationId: chat.organizationId, profileId: chat.profileId },
          body: isOurs
            ? bodyOf({ id, chat, status, type, timestamp }, null, isFromPhone ? 'phone' : undefined)
            : { profileId: chat.profileId, message, conversation: { type: 'user' } },
        },
      ]);
    });
    if (isOurs) sent.push({ id, chat, status, type, timestamp });
  }

  async function advance(): Promise<void> {
    const message = sent.length > 0 ? pick(sent) : undefined;
    const way = message && ways[message.status] ? pick(ways[message.status] ?? []) : undefined;
    if (!message || !way) return arrive();
    const last = way.at(-1)?.[1] ?? '';
    await inTransaction(db, async (tx) => {
      await tx.updateTable('messages').set({ status: last }).where('id', '=', message.id).execute();
      await recorder.recordAll(
        tx,
        way.map(([name, status, before = message.status]) => ({
          ...{ definition: { name }, organizationId: message.chat.organizationId },
          ...{ profileId: message.chat.profileId, body: bodyOf({ ...message, status }, before, 'api') },
        })),
      );
    });
    message.status = last;
  }

  return { step: () => (random() < 0.45 ? arrive() : advance()) };
}

function bodyOf(
  message: { id: string; chat: Chat; status: string; type: string; timestamp: Date },
  previousStatus: string | null,
  source?: string,
) {
  const { id, chat, status, type, timestamp } = message;
  const { profileId, conversationId } = chat;
  return {
    ...{ profileId, messageId: id, conversationId, type, status, previousStatus, origin: null },
    ...{ timestamp: timestamp.toISOString(), ...(source && { source }) },
  };
}

const reached = (...statuses: string[]): RawBuilder<unknown> =>
  sql`(count(*) filter (where direction = 'outgoing' and status = any(${statuses}::text[])))::int`;

/** For tests: the counts as they follow from the rows of messages. */
export async function countedRows(db: Db) {
  const { rows } = await sql<Record<string, unknown>>`
    select m.profile_id, (t.at)::date::text as day, direction, type, count(*)::int as n,
      ${reached('sent', 'delivered', 'read', 'played')} as sent, ${reached('delivered', 'read', 'played')} as delivered,
      ${reached('read', 'played')} as read, ${reached('failed')} as failed, ${reached('expired')} as expired,
      ${reached('cancelled')} as cancelled,
      (select jsonb_object_agg(hour, n) from (select extract(hour from s.timestamp at time zone
        coalesce(max(o.settings ->> 'timeZone'), 'UTC'))::int as hour, count(*) as n
        from unnest(array_agg(m.timestamp)) as s (timestamp) group by 1) as h) as hours
    from messages m join organizations o on o.id = m.organization_id,
      lateral (select m.timestamp at time zone coalesce(o.settings ->> 'timeZone', 'UTC') as at) t
    group by 1, 2, 3, 4 order by 1, 2, 3, 4`.execute(db);
  return rows;
}

/** For tests: the same as it was counted. */
export async function countedDays(db: Db) {
  const { rows } = await sql<Record<string, unknown>>`
    select profile_id, day::text as day, direction, type, n, sent, delivered, read, failed, expired, cancelled,
      (select jsonb_object_agg(substr(key, 2), value::int) from jsonb_each_text(to_jsonb(d))
        where key ~ '^h[0-9]+$' and value <> '0') as hours
    from message_days d where n > 0 order by 1, 2, 3, 4`.execute(db);
  return rows;
}
