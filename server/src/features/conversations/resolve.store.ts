import { type Selectable, sql } from 'kysely';
import { type ChatId, chatKind, lidChat, localPart, phoneChat } from '../../platform/chat-id.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import { newId } from '../../platform/ids.ts';
import { addressesOf, chatOf, resolveKnown, resolvePerson, type Whose } from '../contacts/index.ts';
import type { ConversationsTable } from './conversations.tables.ts';

/** What making one conversation of two asks of others. */
export interface ResolveDeps {
  clock: Clock;
  /** Gives the messages of one conversation to another; answers how many that both had were unread. */
  adopt(tx: Tx, from: string, to: string): Promise<number>;
}

export type ConversationRow = Selectable<ConversationsTable>;

/**
 * The conversation of a chat, made when it is the first message. A direct chat is one conversation whether
 * it is named by phone number or by linked identity, and two that turn out to be one are merged.
 */
export async function resolveConversation(
  tx: Tx,
  deps: ResolveDeps,
  whose: Whose,
  chat: ChatId,
  more: {
    alias?: ChatId | undefined;
    name?: string | undefined;
    /** Called before anything is locked, by those who resolve several in one transaction. */
    beforeLocks?: (() => Promise<void>) | undefined;
  } = {},
): Promise<ConversationRow> {
  const { clock } = deps;
  if (chatKind(chat) !== 'user') {
    const there = await byChat(tx, whose.profileId, chat);
    return there ?? findOrCreate(tx, clock, whose, { chat, name: more.name ?? null });
  }
  const known = await asBefore(tx, whose.profileId, chat, more);
  if (known) return known;
  await more.beforeLocks?.();
  const contact = await resolvePerson(
    tx,
    { clock, handOver },
    whose,
    addressesOf(chat, more.alias),
    more.name,
  );
  const person = { phone: contact.phone ?? undefined, lid: contact.lid ?? undefined };
  const names = [person.phone && phoneChat(person.phone), person.lid && lidChat(person.lid)].filter(
    (n) => !!n,
  );
  const found = await tx
    .selectFrom('conversations')
    .selectAll()
    .where('profile_id', '=', whose.profileId)
    .where((eb) =>
      eb.or([eb('chat', 'in', names as string[]), ...(person.lid ? [eb('lid', '=', person.lid)] : [])]),
    )
    // Locked by id, as by everyone who changes several; the oldest is kept.
    .orderBy('id')
    .forUpdate()
    .execute();
  const [kept, ...others] = found.toSorted((a, b) => a.created_at.getTime() - b.created_at.getTime());
  if (!kept) {
    return findOrCreate(tx, clock, whose, {
      chat: chatOf(person),
      lid: person.lid ?? null,
      contactId: contact.id,
      name: nameOf(contact),
    });
  }
  for (const other of others) await merge(tx, deps, kept, other);
  return tx
    .updateTable('conversations')
    .set({
      chat: chatOf(person),
      lid: person.lid ?? null,
      contact_id: contact.id,
      unreached: false,
      ...(nameOf(contact) !== null && { name: nameOf(contact) }),
      updated_at: clock.now(),
    })
    .where('id', '=', kept.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Two addresses are one person: what we have of either becomes one. Nobody new comes into being. */
export async function learnSamePerson(
  tx: Tx,
  deps: ResolveDeps,
  whose: Whose,
  phone: ChatId,
  lid: ChatId,
): Promise<void> {
  const talked = await tx
    .selectFrom('conversations')
    .select('id')
    .where('profile_id', '=', whose.profileId)
    .where((eb) => eb.or([eb('chat', 'in', [phone, lid]), eb('lid', '=', localPart(lid))]))
    .executeTakeFirst();
  if (talked) await resolveConversation(tx, deps, whose, phone, { alias: lid });
  else await resolveKnown(tx, { clock: deps.clock, handOver }, whose, addressesOf(phone, lid));
}

async function byChat(tx: Tx, profileId: string, chat: ChatId): Promise<ConversationRow | undefined> {
  return tx
    .selectFrom('conversations')
    .selectAll()
    .where('profile_id', '=', profileId)
    .where('chat', '=', chat)
    .executeTakeFirst();
}

/** The usual case in one read: the conversation is there and this message teaches nothing new about it. */
async function asBefore(
  tx: Tx,
  profileId: string,
  chat: ChatId,
  more: { alias?: ChatId | undefined; name?: string | undefined },
): Promise<ConversationRow | undefined> {
  const row = await tx
    .selectFrom('conversations as c')
    .leftJoin('contacts as k', 'k.id', 'c.contact_id')
    .selectAll('c')
    .select(['k.phone as person_phone', 'k.lid as person_lid', 'k.name as saved_name', 'k.whatsapp_name'])
    .where('c.profile_id', '=', profileId)
    .where('c.chat', '=', chat)
    .executeTakeFirst();
  if (!row) return undefined;
  const { person_phone, person_lid, saved_name, whatsapp_name, ...conversation } = row;
  const name = nameOf({ name: saved_name, whatsapp_name });
  const told = addressesOf(chat, more.alias);
  const teaches =
    conversation.unreached ||
    (told.phone !== undefined && told.phone !== person_phone) ||
    (told.lid !== undefined && told.lid !== person_lid) ||
    (more.name !== undefined && more.name !== whatsapp_name) ||
    (name !== null && name !== conversation.name);
  return teaches ? undefined : conversation;
}

/** What a person is called: as they were saved here, else as they call themselves. */
export function nameOf(contact: { name: string | null; whatsapp_name: string | null }): string | null {
  return contact.name ?? contact.whatsapp_name;
}

async function findOrCreate(
  tx: Tx,
  clock: Clock,
  whose: Whose,
  of: { chat: ChatId; lid?: string | null; contactId?: string; name: string | null },
): Promise<ConversationRow> {
  const now = clock.now();
  const kind = chatKind(of.chat);
  const names: string[] = [of.chat, ...(of.lid ? [lidChat(of.lid)] : [])];
  return tx
    .with('told', (db) =>
      db
        .deleteFrom('chat_expirations')
        .where('profile_id', '=', whose.profileId)
        .where('chat', 'in', names)
        .returning(['expiration', 'expiration_since']),
    )
    .with('newest', (db) => db.selectFrom('told').selectAll().orderBy('expiration_since', 'desc').limit(1))
    .insertInto('conversations')
    .values((eb) => ({
      id: newId(),
      organization_id: whose.organizationId,
      profile_id: whose.profileId,
      contact_id: of.contactId ?? null,
      chat: of.chat,
      lid: of.lid ?? null,
      type: kind === 'status' ? 'broadcast' : kind,
      name: of.name,
      expiration: eb.selectFrom('newest').select('expiration'),
      expiration_since: eb.selectFrom('newest').select('expiration_since'),
      created_at: now,
      updated_at: now,
    }))
    .onConflict((oc) => oc.columns(['profile_id', 'chat']).doUpdateSet({ updated_at: now }))
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** The conversations of one contact become another's; locked by id, as everywhere where several are. */
export async function handOver(tx: Tx, from: string, to: string): Promise<void> {
  await tx
    .selectFrom('conversations')
    .select('id')
    .where('contact_id', 'in', [from, to])
    .orderBy('id')
    .forUpdate()
    .execute();
  await tx.updateTable('conversations').set({ contact_id: to }).where('contact_id', '=', from).execute();
}

/** Two conversations are one: messages, counters and marks of the other go to the one that is kept. */
export async function merge(
  tx: Tx,
  deps: ResolveDeps,
  kept: ConversationRow,
  other: ConversationRow,
): Promise<void> {
  const unread = other.unread_count - (await deps.adopt(tx, other.id, kept.id));
  await tx.deleteFrom('conversations').where('id', '=', other.id).execute();
  const isYounger = sql`${other.expiration_since}::timestamptz > coalesce(expiration_since, '-infinity')`;
  await sql`update conversations set unread_count = unread_count + ${Math.max(0, unread)},
      message_count = (select count(*) from messages where conversation_id = ${kept.id}),
      last_message_at = greatest(last_message_at, ${other.last_message_at}),
      is_pinned = is_pinned or ${other.is_pinned}, is_muted = is_muted or ${other.is_muted},
      is_archived = is_archived and ${other.is_archived}, name = coalesce(name, ${other.name}),
      expiration = case when ${isYounger} then ${other.expiration} else expiration end,
      expiration_since = case when ${isYounger} then ${other.expiration_since} else expiration_since end,
      assigned_user_id = coalesce(assigned_user_id, ${other.assigned_user_id}),
      metadata = ${JSON.stringify(other.metadata)}::jsonb || metadata
    where id = ${kept.id}`.execute(tx);
}
