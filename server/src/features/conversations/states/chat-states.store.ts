import { sql } from 'kysely';
import type { ChatId } from '../../../platform/chat-id.ts';
import type { Json } from '../../../platform/db/json-column.ts';
import type { Db, Tx } from '../../../platform/db/transaction.ts';
import type { StateField } from './states.tables.ts';

export interface ChatState {
  chat: string;
  field: StateField;
  value: Json;
  at: Date;
}

interface Whose {
  organizationId: string;
  profileId: string;
}

/**
 * Remembers what another device has set, where that is later than what is known; what was to be told the phone is not any
 * more. At most one of each chat and field; answers which were news, as `chat field`.
 */
export async function keepTold(tx: Tx, whose: Whose, states: readonly ChatState[]): Promise<Set<string>> {
  if (states.length === 0) return new Set();
  const { rows } = await sql<{ chat: string; field: string }>`
    insert into chat_states as s (profile_id, organization_id, chat, field, value, at)
    select ${whose.profileId}::uuid, ${whose.organizationId}::uuid, new.chat, new.field, new.value, new.at
    from unnest(${states.map(({ chat }) => chat)}::text[], ${states.map(({ field }) => field)}::text[],
      ${states.map(({ value }) => JSON.stringify(value))}::jsonb[], ${states.map(({ at }) => at)}::timestamptz[])
      as new (chat, field, value, at)
    order by new.chat, new.field
    on conflict (profile_id, chat, field) do update
      set value = excluded.value, at = excluded.at, is_pending = false where s.at < excluded.at
    returning s.chat, s.field`.execute(tx);
  return new Set(rows.map(({ chat, field }) => `${chat} ${field}`));
}

/** Remembers what was set here and is to be told the phone: it is later than whatever was set before. */
export async function keepOwn(
  tx: Tx,
  whose: Whose,
  chat: string,
  states: readonly { field: StateField; value: Json }[],
  now: Date,
): Promise<void> {
  if (states.length === 0) return;
  await sql`
    insert into chat_states as s (profile_id, organization_id, chat, field, value, at, is_pending)
    select ${whose.profileId}::uuid, ${whose.organizationId}::uuid, ${chat}, new.field, new.value, ${now}::timestamptz, true
    from unnest(${states.map(({ field }) => field)}::text[],
      ${states.map(({ value }) => JSON.stringify(value))}::jsonb[]) as new (field, value)
    order by new.field
    on conflict (profile_id, chat, field) do update set value = excluded.value, is_pending = true,
      at = greatest(excluded.at, s.at + interval '1 millisecond')`.execute(tx);
}

/** The chats are one, of this name: of what was set under several the later one holds. */
export async function renameStates(
  tx: Tx,
  profileId: string,
  from: readonly string[],
  to: ChatId,
): Promise<void> {
  const others = from.filter((chat) => chat !== to);
  if (others.length === 0) return;
  await sql`
    with gone as (
      delete from chat_states where profile_id = ${profileId} and chat = any(${others}::text[]) returning *
    )
    insert into chat_states as s (profile_id, organization_id, chat, field, value, at, is_pending)
    select distinct on (field) profile_id, organization_id, ${to}, field, value, at, is_pending
    from gone order by field, at desc
    on conflict (profile_id, chat, field) do update
      set value = excluded.value, at = excluded.at, is_pending = excluded.is_pending where s.at < excluded.at`.execute(
    tx,
  );
}

/** What is remembered of a chat, under any of its names. */
export async function statesOf(tx: Tx, profileId: string, names: readonly string[]): Promise<ChatState[]> {
  return tx
    .selectFrom('chat_states')
    .select(['chat', 'field', 'value', 'at'])
    .where('profile_id', '=', profileId)
    .where('chat', 'in', [...names])
    .orderBy('at')
    .execute();
}

/** What is to be told the phone of a profile, in the order in which it was set. */
export async function pendingStates(db: Db, profileId: string, limit: number): Promise<ChatState[]> {
  return db
    .selectFrom('chat_states')
    .select(['chat', 'field', 'value', 'at'])
    .where('profile_id', '=', profileId)
    .where('is_pending', '=', true)
    .orderBy('at')
    .limit(limit)
    .execute();
}

/** Whether it is still what the phone is to be told: another device may have set something later. */
export async function isPending(db: Db, profileId: string, { chat, field, at }: ChatState): Promise<boolean> {
  const row = await db
    .selectFrom('chat_states')
    .select('field')
    .where('profile_id', '=', profileId)
    .where('chat', '=', chat)
    .where('field', '=', field)
    .where('at', '=', at)
    .where('is_pending', '=', true)
    .executeTakeFirst();
  return row !== undefined;
}

/** What another device has set later is not to be told the phone: of stars, which wait here only for that. */
export async function dropStars(
  tx: Tx,
  profileId: string,
  later: readonly { chat: string; id: string; at: Date }[],
): Promise<void> {
  if (later.length === 0) return;
  await sql`delete from chat_states s using unnest(${later.map(({ chat }) => chat)}::text[],
      ${later.map(({ id }) => `star:${id}`)}::text[], ${later.map(({ at }) => at)}::timestamptz[]) as told (chat, field, at)
    where s.profile_id = ${profileId} and s.chat = told.chat and s.field = told.field and s.at < told.at`.execute(
    tx,
  );
}

/**
 * The phone was told. What was set anew meanwhile is still to be told; of a chat that was deleted nothing else is kept, unless
 * it began anew.
 */
export async function settleState(db: Db, profileId: string, { chat, field, at }: ChatState): Promise<void> {
  if (field.startsWith('star:')) {
    await db
      .deleteFrom('chat_states')
      .where('profile_id', '=', profileId)
      .where('chat', '=', chat)
      .where('field', '=', field)
      .where('at', '=', at)
      .execute();
    return;
  }
  await db
    .updateTable('chat_states')
    .set({ is_pending: false })
    .where('profile_id', '=', profileId)
    .where('chat', '=', chat)
    .where('field', '=', field)
    .where('at', '=', at)
    .execute();
  if (field !== 'deleted') return;
  await sql`delete from chat_states s where profile_id = ${profileId} and chat = ${chat} and not is_pending
    and field not like 'label:%'
    and not exists (select from conversations c where c.profile_id = s.profile_id and c.chat = s.chat)`.execute(
    db,
  );
}

/** The newest message of a chat that WhatsApp knows. */
export async function newestOf(db: Db, profileId: string, chat: string) {
  const { rows } = await sql<{ id: string; from_me: boolean; at: Date; sender: string | null }>`
    select m.wa_message_id as id, m.direction = 'outgoing' as from_me, m.timestamp as at, m.sender
    from conversations c cross join lateral (
      select * from messages where conversation_id = c.id
        and status not in ('queued', 'sending', 'failed', 'expired', 'cancelled')
      order by timestamp desc, seq desc limit 1
    ) m
    where c.profile_id = ${profileId} and c.chat = ${chat}`.execute(db);
  return rows[0];
}
