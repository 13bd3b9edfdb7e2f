import { sql } from 'kysely';
import { type ChatId, localPart } from '../../platform/chat-id.ts';
import { isTaken } from '../../platform/db/taken.ts';
import { type Db, inTransaction } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { formsOf } from '../../platform/number-forms.ts';
import { givesLid, type SeenContact, seenContact, type Whose } from '../contacts/index.ts';
import type { ConversationRow } from './conversations.tables.ts';
import { learnSamePerson, nameOf, type ResolveDeps } from './resolve.store.ts';

/** A number and a linked identity of one person. */
export interface Pair {
  phone: ChatId;
  lid: ChatId;
}

/** A contact of a pair beside a conversation of it; either may be missing. */
interface Seen {
  n: number;
  contact: SeenContact | undefined;
  place: Pick<ConversationRow, 'id' | 'chat' | 'lid' | 'contact_id' | 'name' | 'unreached'> | undefined;
}

/**
 * Two addresses are one person, of each pair: their contacts and conversations merge. Mostly nothing is to be done, or a
 * number that was just written to gets its linked identity: one statement for all, and one for each of these.
 */
export async function learnSamePeople(
  db: Db,
  deps: ResolveDeps & { events: Pick<EventRecorder, 'insertFrom' | 'committedBeside'> },
  whose: Whose,
  pairs: readonly Pair[],
): Promise<void> {
  const seen = Map.groupBy(await look(db, whose.profileId, pairs), ({ n }) => n);
  for (const [n, pair] of pairs.entries()) {
    const [one, ...others] = seen.get(n) ?? [];
    if (!one) continue;
    if (others.length === 0 && isKnown(one, pair)) continue;
    if (others.length === 0 && isNumberAlone(one, pair) && (await giveLid(db, deps, one, pair))) continue;
    await inTransaction(db, (tx) => learnSamePerson(tx, deps, whose, pair.phone, pair.lid));
  }
}

/** Nothing is new: all that is there has both addresses. */
function isKnown({ contact, place }: Seen, pair: Pair): boolean {
  return (
    contact?.phone === localPart(pair.phone) &&
    contact.lid === localPart(pair.lid) &&
    (!place || (place.lid === contact.lid && isPlaceOf(contact, place, pair)))
  );
}

/** One contact and its conversation, both known by the number and nothing else. */
function isNumberAlone({ contact, place }: Seen, pair: Pair): boolean {
  return (
    contact?.phone === localPart(pair.phone) &&
    contact.lid === null &&
    place?.lid === null &&
    isPlaceOf(contact, place, pair)
  );
}

function isPlaceOf(contact: SeenContact, place: NonNullable<Seen['place']>, { phone }: Pair): boolean {
  const name = nameOf(contact);
  return (
    place.chat === phone &&
    place.contact_id === contact.id &&
    !place.unreached &&
    (name === null || name === place.name)
  );
}

/** Every contact of each pair beside every conversation of it; no row for a pair of which nothing is there. */
async function look(db: Db, profileId: string, pairs: readonly Pair[]): Promise<Seen[]> {
  const asked = pairs.map(({ phone, lid }, n) => ({
    ...{ n, phone_chat: phone, lid_chat: lid, forms: formsOf(localPart(phone)), lid: localPart(lid) },
  }));
  const { rows } = await sql<
    { n: number; place: Seen['place'] | null; has_contact: boolean } & SeenContact
  >`select p.n, k.*, k.id is not null as has_contact, to_jsonb(c) as place
    from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb)
      as p (n int, phone_chat text, lid_chat text, forms text[], lid text)
    left join lateral (
      select ${seenContact} from contacts k
      where k.profile_id = ${profileId} and (k.phone = any(p.forms) or k.lid = p.lid)
    ) k on true
    left join lateral (
      select id, chat, lid, contact_id, name, unreached from conversations
      where profile_id = ${profileId} and (chat in (p.phone_chat, p.lid_chat) or lid = p.lid or contact_id = k.id)
    ) c on true
    where k.id is not null or c.id is not null
    order by p.n`.execute(db);
  return rows.map(({ n, place, has_contact, ...contact }) => ({
    ...{ n, contact: has_contact ? contact : undefined, place: place ?? undefined },
  }));
}

/**
 * What {@link learnSamePerson} does for a number alone, in one statement. False when something of it has changed since it was
 * read, or is set for the chat under its other name; then nothing was done.
 */
async function giveLid(
  db: Db,
  {
    clock,
    events,
  }: Pick<ResolveDeps, 'clock'> & { events: Pick<EventRecorder, 'insertFrom' | 'committedBeside'> },
  { contact, place }: Seen,
  { lid }: Pair,
): Promise<boolean> {
  if (!contact || !place) return false;
  const now = clock.now();
  const { lock, give, event } = givesLid(contact, localPart(lid), now);
  const told = events.insertFrom({
    definition: event.definition,
    from: sql`given`,
    body: sql`${JSON.stringify(event.body)}::jsonb`,
  });
  // Contacts are locked before conversations, as everywhere.
  const statement = sql`
    with person as materialized (${lock}), place as materialized (
      select id from conversations where id = ${place.id} and chat = ${place.chat} and lid is null
        and contact_id = ${contact.id} and not unreached and exists (select from person)
        and not exists (select from chat_states where profile_id = ${contact.profile_id} and chat = ${lid})
        and not exists (select from conversations where profile_id = ${contact.profile_id} and chat = ${lid})
      for update
    ), given as (${give(sql`exists (select from place)`)}), moved as (
      update conversations set lid = ${localPart(lid)}, updated_at = ${now} where id in (select id from place)
    ), told as (${told})
    select from given`;
  const made = await statement.execute(db).catch((error: unknown) => {
    if (isTaken(error)) return undefined;
    throw error;
  });
  if (!made?.rows.length) return false;
  events.committedBeside();
  return true;
}
