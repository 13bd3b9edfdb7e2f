import { sql } from 'kysely';
import { type ChatId, chatKind, lidChat, localPart, phoneChat, storedChat } from '../../platform/chat-id.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import { newId } from '../../platform/ids.ts';
import {
  type Addresses,
  addressesOf,
  type ContactRow,
  chatOf,
  type PeopleDeps,
  resolveKnown,
  resolvePerson,
  type Whose,
} from '../contacts/index.ts';
import type { ConversationRow } from './conversations.tables.ts';
import { moveInbox } from './inbox/move.store.ts';
import { renameStates } from './states/chat-states.store.ts';
import { applyWaiting } from './states/waiting.ts';

/** What merging two conversations needs from messages. */
export interface ResolveDeps {
  clock: Clock;
  tell: PeopleDeps['tell'];
  /** Gives the messages of one conversation to another; answers how many that both had were unread. */
  adopt(tx: Tx, from: string, to: string): Promise<number>;
}

export type { ConversationRow };

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
    /** Somebody here wrote the number: WhatsApp may have the person under another form of it. */
    isDialled?: boolean | undefined;
    /** The contacts were made one just now: their conversations are looked at, though nothing of the person is new. */
    isMerged?: boolean | undefined;
    /** Called before anything is locked; takes the locks of all chats that one transaction resolves. */
    beforeLocks?: (() => Promise<void>) | undefined;
  } = {},
): Promise<ConversationRow> {
  const { clock, tell } = deps;
  if (chatKind(chat) !== 'user') {
    const conversation = await byChat(tx, whose.profileId, chat);
    return conversation ?? findOrCreate(tx, clock, whose, { chat, name: more.name ?? null });
  }
  const unchanged = more.isMerged ? undefined : await unchangedConversation(tx, whose.profileId, chat, more);
  if (unchanged) return unchanged;
  await more.beforeLocks?.();
  const contact = await resolvePerson(tx, { clock, handOver, tell }, whose, addressesOf(chat, more.alias), {
    whatsappName: more.name,
    isDialled: more.isDialled,
  });
  const person = { phone: contact.phone ?? undefined, lid: contact.lid ?? undefined };
  const names = [person.phone && phoneChat(person.phone), person.lid && lidChat(person.lid)].filter(
    (n) => !!n,
  );
  const conversations = await tx
    .selectFrom('conversations')
    .selectAll()
    .where('profile_id', '=', whose.profileId)
    .where((eb) =>
      eb.or([
        eb('chat', 'in', names as string[]),
        eb('contact_id', '=', contact.id),
        ...(person.lid ? [eb('lid', '=', person.lid)] : []),
      ]),
    )
    // Locked by id, as everywhere where several are locked; the oldest one stays.
    .orderBy('id')
    .forUpdate()
    .execute();
  const [oldest, ...others] = conversations.toSorted(
    (a, b) => a.created_at.getTime() - b.created_at.getTime(),
  );
  if (!oldest) {
    return findOrCreate(tx, clock, whose, {
      chat: chatOf(person),
      lid: person.lid ?? null,
      contactId: contact.id,
      name: nameOf(contact),
    });
  }
  for (const other of others) await merge(tx, deps, oldest, other);
  await renameStates(tx, whose.profileId, [...(names as string[]), oldest.chat], chatOf(person));
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
    .where('id', '=', oldest.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Two addresses are one person: their contacts and conversations merge. Creates neither. */
export async function learnSamePerson(
  tx: Tx,
  deps: ResolveDeps,
  whose: Whose,
  phone: ChatId,
  lid: ChatId,
): Promise<void> {
  const conversation = await tx
    .selectFrom('conversations')
    .select('id')
    .where('profile_id', '=', whose.profileId)
    .where((eb) => eb.or([eb('chat', 'in', [phone, lid]), eb('lid', '=', localPart(lid))]))
    .executeTakeFirst();
  if (conversation) await resolveConversation(tx, deps, whose, phone, { alias: lid });
  else
    await resolveKnown(tx, { clock: deps.clock, tell: deps.tell, handOver }, whose, addressesOf(phone, lid));
}

/** What is known of a person by both addresses becomes one contact and one conversation; answers the contact. */
export async function mergePeople(
  tx: Tx,
  deps: ResolveDeps,
  whose: Whose,
  person: Addresses,
): Promise<ContactRow> {
  const contact = await resolvePerson(tx, { clock: deps.clock, tell: deps.tell, handOver }, whose, person, {
    isDialled: true,
  });
  const { length } = await tx
    .selectFrom('conversations')
    .select('id')
    .where('contact_id', '=', contact.id)
    .execute();
  if (length === 0) return contact;
  const alias = person.phone && person.lid ? lidChat(person.lid) : undefined;
  await resolveConversation(tx, deps, whose, chatOf(person), { alias, isDialled: true, isMerged: true });
  return contact;
}

async function byChat(tx: Tx, profileId: string, chat: ChatId): Promise<ConversationRow | undefined> {
  return tx
    .selectFrom('conversations')
    .selectAll()
    .where('profile_id', '=', profileId)
    .where('chat', '=', chat)
    .executeTakeFirst();
}

/** The usual case in one read: the conversation exists and nothing about its person is new. */
async function unchangedConversation(
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
  const addresses = addressesOf(chat, more.alias);
  const isNews =
    conversation.unreached ||
    (addresses.phone !== undefined && addresses.phone !== person_phone) ||
    (addresses.lid !== undefined && addresses.lid !== person_lid) ||
    (more.name !== undefined && more.name !== whatsapp_name) ||
    (name !== null && name !== conversation.name);
  return isNews ? undefined : conversation;
}

/** The saved name of a person, or else the name they gave themselves. */
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
  const id = newId();
  const row = await tx
    .with('settings', (db) =>
      db
        .deleteFrom('chat_expirations')
        .where('profile_id', '=', whose.profileId)
        .where('chat', 'in', names)
        .returning(['expiration', 'expiration_since']),
    )
    .with('newest', (db) =>
      db.selectFrom('settings').selectAll().orderBy('expiration_since', 'desc').limit(1),
    )
    .insertInto('conversations')
    .values((eb) => ({
      id,
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
  return row.id === id ? applyWaiting(tx, row, names, now) : row;
}

/** Gives the conversations of one contact to another; locks them by id, as everywhere. */
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

/** Merges two conversations: messages, counters and marks of `other` go to `target`; `other` is deleted. */
export async function merge(
  tx: Tx,
  deps: ResolveDeps,
  target: ConversationRow,
  other: ConversationRow,
): Promise<void> {
  const unread = other.unread_count - (await deps.adopt(tx, other.id, target.id));
  await moveInbox(tx, other.id, target.id);
  await renameStates(tx, target.profile_id, [other.chat], storedChat(target.chat));
  await tx.deleteFrom('conversations').where('id', '=', other.id).execute();
  const isYounger = sql`${other.expiration_since}::timestamptz > coalesce(expiration_since, '-infinity')`;
  await sql`update conversations set unread_count = unread_count + ${Math.max(0, unread)},
      message_count = (select count(*) from messages where conversation_id = ${target.id}),
      last_message_at = greatest(last_message_at, ${other.last_message_at}),
      is_pinned = is_pinned or ${other.is_pinned}, is_muted = is_muted or ${other.is_muted},
      muted_until = case when is_muted then muted_until else ${other.muted_until}::timestamptz end,
      is_marked_unread = is_marked_unread or ${other.is_marked_unread},
      status = case when 'open' in (status, ${other.status}) then 'open' else status end,
      snoozed_until = case when 'open' in (status, ${other.status}) then null else snoozed_until end,
      is_archived = is_archived and ${other.is_archived}, name = coalesce(name, ${other.name}),
      expiration = case when ${isYounger} then ${other.expiration} else expiration end,
      expiration_since = case when ${isYounger} then ${other.expiration_since} else expiration_since end,
      assigned_user_id = coalesce(assigned_user_id, ${other.assigned_user_id}),
      metadata = ${JSON.stringify(other.metadata)}::jsonb || metadata
    where id = ${target.id}`.execute(tx);
}
