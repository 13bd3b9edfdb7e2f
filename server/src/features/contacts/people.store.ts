import { type Selectable, sql } from 'kysely';
import { type ChatId, lidChat, lidOf, phoneChat, phoneOf } from '../../platform/chat-id.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import { newId } from '../../platform/ids.ts';
import { formsOf } from '../../platform/number-forms.ts';
import { moveReferences } from '../media/index.ts';
import type { ContactsTable } from './contacts.tables.ts';
import { keepAddress } from './dialled.store.ts';
import type { Whose } from './whose.ts';

export type ContactRow = Selectable<ContactsTable>;

/** What a reference to the picture of a contact is called among media. */
export const pictureKind = 'contact-picture';

/** What changes of contacts need from conversations. */
export interface PeopleDeps {
  clock: Clock;
  /** Gives the conversations of one contact to another, locked by id. */
  handOver(tx: Tx, from: string, to: string): Promise<void>;
  /** Hears, in the transaction, what has become of contacts. */
  tell(tx: Tx, facts: readonly PersonFact[]): Promise<void>;
}

/** What has become of a contact. */
export type PersonFact = { contact: ContactRow } & (
  | { is: 'created' | 'deleted' }
  | { is: 'updated'; changed: string[] }
  | { is: 'merged'; mergedId: string }
);

/** What is known besides the addresses of a person. */
export interface AboutPerson {
  whatsappName?: string | undefined;
  /** Somebody here wrote the number, so WhatsApp may have the person under another form of it. */
  isDialled?: boolean | undefined;
}

/** The known addresses of a person; at least one. */
export interface Addresses {
  phone?: string | undefined;
  lid?: string | undefined;
}

/** Bare digits of a person's chat and of its other name. */
export function addressesOf(chat: ChatId, alias?: ChatId): Addresses {
  return {
    phone: phoneOf(chat) ?? (alias && phoneOf(alias)),
    lid: lidOf(chat) ?? (alias && lidOf(alias)),
  };
}

/** The public chat of a person: by phone number when it is known. */
export function chatOf(person: Addresses): ChatId {
  if (person.phone) return phoneChat(person.phone);
  return lidChat(person.lid ?? '');
}

/**
 * One contact per person, found by either address and by every form of the number, and made when new. Contacts that turn
 * out to be one person become one.
 */
export async function resolvePerson(
  tx: Tx,
  deps: PeopleDeps,
  whose: Whose,
  person: Addresses,
  about: AboutPerson = {},
): Promise<ContactRow> {
  const contact = await resolveKnown(tx, deps, whose, person, about);
  return contact ?? create(tx, deps, whose, person, about.whatsappName);
}

/** As {@link resolvePerson}, but without a new contact: undefined for a person who is not one. */
export async function resolveKnown(
  tx: Tx,
  deps: PeopleDeps,
  whose: Whose,
  person: Addresses,
  { whatsappName, isDialled = false }: AboutPerson = {},
): Promise<ContactRow | undefined> {
  const rows = await byAddress(tx, whose.profileId, person);
  const [first, ...twins] = rows.toSorted((a, b) => rankOf(a, person) - rankOf(b, person));
  if (!first) return undefined;
  let all = first;
  for (const twin of twins) {
    await replace(tx, deps, twin, first);
    all = { ...all, ...merged(all, twin) };
  }
  const { phone } = person;
  const others = formsOf(phone ?? '').slice(1);
  if (phone && !isDialled) {
    for (const row of rows) {
      if (!row.phone || !others.includes(row.phone)) continue;
      await keepAddress(tx, deps.clock, whose, phoneChat(row.phone), phoneChat(phone));
    }
  }
  // What the network says holds: a person who moves to another number keeps the linked identity, and of two forms of a
  // number it knows one. Whoever dials may use the other.
  const moves =
    phone !== undefined && first.phone !== phone && !(isDialled && others.includes(first.phone ?? ''));
  const changes = {
    ...(twins.length > 0 && merged(first, all)),
    ...(moves && { phone }),
    ...(person.lid && first.lid !== person.lid && { lid: person.lid }),
    ...(whatsappName && first.whatsapp_name !== whatsappName && { whatsapp_name: whatsappName }),
  };
  if (Object.keys(changes).length === 0) return first;
  const row = await tx
    .updateTable('contacts')
    .set({ ...changes, updated_at: deps.clock.now() })
    .where('id', '=', first.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  const facts = twins.map((twin): PersonFact => ({ is: 'merged', contact: row, mergedId: twin.id }));
  const changed = changedIn(first, row);
  if (changed.length > 0) facts.push({ is: 'updated', contact: row, changed });
  await deps.tell(tx, facts);
  return row;
}

/** What the network may tell of a person, by the names of the wire. */
const told = { phone: 'phone', lid: 'lid', name: 'name', whatsapp_name: 'whatsappName' } as const;
const changedIn = (before: ContactRow, after: ContactRow): string[] =>
  (Object.keys(told) as (keyof typeof told)[])
    .filter((column) => before[column] !== after[column])
    .map((column) => told[column]);

/** Which of several contacts of one person stays: the one with the number, then the one with the linked identity, then the oldest. */
function rankOf(row: ContactRow, person: Addresses): number {
  if (row.phone !== null && row.phone === person.phone) return 0;
  return row.lid !== null && row.lid === person.lid ? 1 : 2;
}

/** The contacts with these numbers, locked; to be called before their conversations are locked. */
export async function lockByPhone(tx: Tx, profileId: string, phones: string[]): Promise<ContactRow[]> {
  return tx
    .selectFrom('contacts')
    .selectAll()
    .where('profile_id', '=', profileId)
    .where('phone', 'in', phones)
    .orderBy('id')
    .forUpdate()
    .execute();
}

export function contactsById(tx: Tx, ids: readonly string[]): Promise<ContactRow[]> {
  return tx
    .selectFrom('contacts')
    .selectAll()
    .where('id', '=', sql<string>`any(${[...ids]}::uuid[])`)
    .execute();
}

/**
 * WhatsApp knows a person by another form of the number that we have: the contacts of both forms become one. `rows` are
 * those of {@link lockByPhone}; they and their conversations must be locked.
 */
export async function renumber(
  tx: Tx,
  deps: PeopleDeps,
  rows: readonly ContactRow[],
  to: string,
): Promise<ContactRow | undefined> {
  const first = rows.find(({ phone }) => phone === to) ?? rows[0];
  const second = rows.find((row) => row !== first);
  if (!first) return undefined;
  if (second) await replace(tx, deps, second, first);
  const row = await tx
    .updateTable('contacts')
    .set({ ...(second && merged(first, second)), phone: to })
    .set({ updated_at: deps.clock.now() })
    .where('id', '=', first.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  const changed = changedIn(first, row);
  await deps.tell(tx, [
    ...(second ? [{ is: 'merged', contact: row, mergedId: second.id } as const] : []),
    ...(changed.length > 0 ? [{ is: 'updated', contact: row, changed } as const] : []),
  ]);
  return row;
}

/** Removes contacts of which nothing is known but the number of a message that could not be sent. */
export async function removeUntouched(
  tx: Tx,
  deps: Pick<PeopleDeps, 'tell'>,
  contactIds: string[],
): Promise<void> {
  if (contactIds.length === 0) return;
  const gone = await tx
    .deleteFrom('contacts')
    .where('id', 'in', contactIds)
    .where((eb) => eb.and([eb('lid', 'is', null), eb('name', 'is', null), eb('whatsapp_name', 'is', null)]))
    .where((eb) => eb.and([eb('picture_media_id', 'is', null), eb('is_blocked', '=', false)]))
    .where(sql<boolean>`tags = '{}' and metadata = '{}'`)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('conversations')
            .select('id')
            .whereRef('contact_id', '=', 'contacts.id')
            .where('unreached', '=', false),
        ),
      ),
    )
    .returningAll()
    .execute();
  await deps.tell(
    tx,
    gone.map((contact) => ({ is: 'deleted', contact })),
  );
}

/** Gives everything of the second contact to the first one and removes the second. */
async function replace(tx: Tx, deps: PeopleDeps, second: ContactRow, first: ContactRow): Promise<void> {
  await deps.handOver(tx, second.id, first.id);
  await moveReferences(tx, pictureKind, [{ from: second.id, to: first.id }]);
  await tx.deleteFrom('contacts').where('id', '=', second.id).execute();
}

/** The fields of both contacts in one; where both have a value, the first one's. */
function merged(first: ContactRow, second: ContactRow) {
  const moments = [first.last_message_at, second.last_message_at].filter((moment) => moment !== null);
  return {
    lid: first.lid ?? second.lid,
    name: first.name ?? second.name,
    whatsapp_name: first.whatsapp_name ?? second.whatsapp_name,
    ...looksOf(first.looked_at || !second.looked_at ? first : second),
    tags: [...new Set([...first.tags, ...second.tags])],
    metadata: { ...second.metadata, ...first.metadata },
    is_blocked: first.is_blocked || second.is_blocked,
    last_message_at: moments.toSorted((a, b) => b.getTime() - a.getTime())[0] ?? null,
  };
}

const looksOf = ({
  picture_state,
  picture_version,
  picture_media_id,
  about_state,
  about,
  looked_at,
}: ContactRow) => ({
  ...{ picture_state, picture_version, picture_media_id, about_state, about, looked_at },
});

async function byAddress(tx: Tx, profileId: string, person: Addresses): Promise<ContactRow[]> {
  const rows = await tx
    .selectFrom('contacts')
    .selectAll()
    .where('profile_id', '=', profileId)
    .where((eb) =>
      eb.or([
        ...(person.phone ? [eb('phone', 'in', formsOf(person.phone))] : []),
        ...(person.lid ? [eb('lid', '=', person.lid)] : []),
      ]),
    )
    // Locked by id, as everywhere where several are locked.
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.toSorted((a, b) => a.created_at.getTime() - b.created_at.getTime());
}

async function create(
  tx: Tx,
  deps: PeopleDeps,
  whose: Whose,
  person: Addresses,
  whatsappName: string | undefined,
): Promise<ContactRow> {
  const now = deps.clock.now();
  const row = await tx
    .insertInto('contacts')
    .values({
      id: newId(),
      organization_id: whose.organizationId,
      profile_id: whose.profileId,
      phone: person.phone ?? null,
      lid: person.lid ?? null,
      whatsapp_name: whatsappName ?? null,
      created_at: now,
      updated_at: now,
    })
    .onConflict((oc) => oc.doNothing())
    .returningAll()
    .executeTakeFirst();
  if (row) {
    await deps.tell(tx, [{ is: 'created', contact: row }]);
    return row;
  }
  // Another transaction inserted it after our select; its row is visible now.
  const [existing] = await byAddress(tx, whose.profileId, person);
  if (!existing) throw new Error('a contact neither could be made nor was there');
  return existing;
}

/** The phone numbers behind linked identities as far as this profile knows them, both in bare digits. */
export async function phonesOfLids(
  db: Db | Tx,
  profileId: string,
  lids: string[],
): Promise<Map<string, string>> {
  if (lids.length === 0) return new Map();
  const rows = await db
    .selectFrom('contacts')
    .select(['lid', 'phone'])
    .where('profile_id', '=', profileId)
    .where('lid', 'in', lids)
    .execute();
  return new Map(rows.flatMap(({ lid, phone }) => (lid && phone ? [[lid, phone]] : [])));
}
