import { sql } from 'kysely';
import { type ChatId, localPart, storedChat } from '../../platform/chat-id.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import {
  forgetAddress,
  keepAddress,
  lockByPhone,
  removeUntouched,
  renumber,
  type Whose,
} from '../contacts/index.ts';
import { learnWaiting } from './chat-facts.store.ts';
import { handOver, merge, nameOf, type ResolveDeps } from './resolve.store.ts';
import { renameStates } from './states/chat-states.store.ts';

/** Where a message goes: the chat of its conversation, when WhatsApp last confirmed it, and the expiration. */
export interface Destination {
  conversationId: string;
  chat: ChatId;
  checkedAt: Date | null;
  expiration: { expiration: number | null; expiration_since: Date | null };
}

export async function destinationOf(db: Db, messageId: string): Promise<Destination | undefined> {
  const row = await db
    .selectFrom('messages as m')
    .innerJoin('conversations as c', 'c.id', 'm.conversation_id')
    .select(['c.id', 'c.chat', 'c.address_checked_at', 'm.expiration'])
    .select((eb) =>
      eb
        .case()
        .when('m.expiration', '=', eb.ref('c.expiration'))
        .then(eb.ref('c.expiration_since'))
        .end()
        .as('expiration_since'),
    )
    .where('m.id', '=', messageId)
    .executeTakeFirst();
  if (!row) return undefined;
  const { expiration, expiration_since } = row;
  return {
    conversationId: row.id,
    chat: storedChat(row.chat),
    checkedAt: row.address_checked_at,
    expiration: { expiration, expiration_since },
  };
}

/** The chat with a dialled number: the address WhatsApp has for it, if that is known to differ. */
export async function chatReachedBy(tx: Tx, profileId: string, dialled: ChatId): Promise<ChatId> {
  const { rows } = await sql<{ address: string }>`select address from dialled_numbers
    where profile_id = ${profileId} and dialled = ${dialled}
      and not exists (select from conversations where profile_id = ${profileId} and chat = ${dialled})`.execute(
    tx,
  );
  return rows[0] ? storedChat(rows[0].address) : dialled;
}

/** WhatsApp confirmed that the chat of a conversation is the address of its person; false when it has another chat by now. */
export async function confirmAddress(
  db: Db,
  clock: Clock,
  { conversationId, chat }: Pick<Destination, 'conversationId' | 'chat'>,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('conversations')
    .set({ address_checked_at: clock.now() })
    .where('id', '=', conversationId)
    .where('chat', '=', chat)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/**
 * WhatsApp has another address for the dialled number of a conversation. The conversation moves to that address and
 * merges with the one there, if there is one; so does the contact. The dialled number leads there from now on. Answers
 * the conversation, where there is one.
 */
export async function moveToAddress(
  tx: Tx,
  deps: ResolveDeps,
  whose: Whose,
  dialled: ChatId,
  address: ChatId,
): Promise<string | undefined> {
  const { clock, tell } = deps;
  const people = await lockByPhone(tx, whose.profileId, [localPart(dialled), localPart(address)]);
  const conversations = await tx
    .selectFrom('conversations')
    .selectAll()
    .where('profile_id', '=', whose.profileId)
    .where('chat', 'in', [dialled, address])
    .orderBy('id')
    .forUpdate()
    .execute();
  const [oldest, ...others] = conversations.toSorted(
    (a, b) => a.created_at.getTime() - b.created_at.getTime(),
  );
  const contact = await renumber(tx, { clock, handOver, tell }, people, localPart(address));
  await keepAddress(tx, clock, whose, dialled, address);
  if (!oldest) return undefined;
  for (const other of others) await merge(tx, deps, oldest, other);
  await renameStates(tx, whose.profileId, [dialled, oldest.chat], address);
  const now = clock.now();
  const name = contact && nameOf(contact);
  await tx
    .updateTable('conversations')
    .set({ chat: address, address_checked_at: now, updated_at: now, unreached: false })
    .set(contact ? { contact_id: contact.id, lid: contact.lid } : {})
    .set(name ? { name } : {})
    .where('id', '=', oldest.id)
    .execute();
  await learnWaiting(tx, oldest, address);
  return oldest.id;
}

/** Locks the rows that {@link leaveUnreached} changes, contacts before conversations as everywhere else. */
export async function lockForLeaving(tx: Tx, messageIds: string[]): Promise<void> {
  const rowsOfMessages = sql`select c.id, c.contact_id from messages m join conversations c on c.id = m.conversation_id
    where m.id = any(${messageIds}::uuid[])`;
  await sql`select from contacts where id in (select contact_id from (${rowsOfMessages}) t) order by id for update`.execute(
    tx,
  );
  await sql`select from conversations where id in (select id from (${rowsOfMessages}) t) order by id for update`.execute(
    tx,
  );
}

/**
 * The numbers of these messages are not on WhatsApp. A conversation without other messages disappears from the lists,
 * and its contact is removed; the next message brings both back. The failed message can still be read.
 */
export async function leaveUnreached(
  tx: Tx,
  deps: Pick<ResolveDeps, 'tell'>,
  messageIds: string[],
  code: string,
): Promise<void> {
  const { rows } = await sql<{
    profile_id: string;
    chat: string;
    contact_id: string | null;
    alone: boolean;
  }>`
    update conversations c set address_checked_at = null, unreached = not exists (
      select from messages other where other.conversation_id = c.id and other.failure_code is distinct from ${code})
    where c.id in (select conversation_id from messages where id = any(${messageIds}::uuid[]))
    returning c.profile_id, c.chat, c.contact_id, c.unreached as alone`.execute(tx);
  for (const { profile_id, chat } of rows) await forgetAddress(tx, profile_id, storedChat(chat));
  await removeUntouched(
    tx,
    deps,
    rows.flatMap(({ alone, contact_id }) => (alone && contact_id ? [contact_id] : [])),
  );
}
