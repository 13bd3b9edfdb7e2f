import type { StateChange } from '../../../engines/port.ts';
import type { Actor } from '../../../platform/actor.ts';
import type { AuditLog } from '../../../platform/audit/record.ts';
import { phoneChat } from '../../../platform/chat-id.ts';
import type { Clock } from '../../../platform/clock.ts';
import { type Db, inTransaction, type Tx } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import { Failure } from '../../../platform/failures.ts';
import { isUuid, newId } from '../../../platform/ids.ts';
import { formsOf } from '../../../platform/number-forms.ts';
import type { Live } from '../../profiles/index.ts';
import { syncedEvent, tellOfPeople } from '../contacts.events.ts';
import { nameLengthMax } from '../contacts.schema.ts';
import type { ContactStore } from '../contacts.store.ts';
import { registeredAs } from '../dialled.store.ts';
import { takePeople } from '../import/take-rows.store.ts';
import { addressesOf, chatOf, contactsById, lockByPhone } from '../people.store.ts';
import { readPerson } from '../read-person.ts';
import type { Whose } from '../whose.ts';
import { type BookEntry, bookPage, keepBook } from './address-book.store.ts';
import { refuse } from './blocks.ts';
import type { ErrandRunner } from './errands.ts';

const peopleAtOnce = 1_000;

interface Saving {
  phone: string;
  firstName?: string | null;
  lastName?: string | null;
  syncToPhone?: boolean | null;
}

/** The address book of a phone: heard of by what its linked devices agree on, taken over when asked for, and written to. */
export function createAddressBook(deps: {
  db: Db;
  clock: Clock;
  audit: AuditLog;
  events: EventRecorder;
  store: Pick<ContactStore, 'profile'>;
  errands: Pick<ErrandRunner, 'run'>;
  followContacts(tx: Tx, contactIds: readonly string[], how: { now: Date }): Promise<void>;
  defaultCountry: string;
}) {
  const { db, clock, audit, events } = deps;
  const tell = tellOfPeople(events);

  async function connectedProfile(actor: Actor, id: string) {
    const profile = isUuid(id) ? await deps.store.profile(actor, id) : undefined;
    if (!profile) throw new Failure('PROFILE_NOT_FOUND');
    if (profile.status !== 'connected') {
      throw new Failure('PROFILE_NOT_CONNECTED', {
        says: 'Profile not connected. Please connect WhatsApp first.',
      });
    }
    return profile;
  }

  /** Who is a contact already keeps the name that was saved here. */
  const take = (whose: Whose, page: readonly BookEntry[]) =>
    inTransaction(db, async (tx) => {
      const now = clock.now();
      const syncedAt = now.toISOString();
      const people = page.map(({ phone, lid, name }, line) => ({
        ...{ line, written: '', id: newId(), phone, lid, forms: phone ? formsOf(phone) : [], name },
        tags: ['whatsapp-sync'],
        metadata: { source: 'whatsapp-sync', syncedAt },
      }));
      const again = { isKept: true, now, isDryRun: false, metadata: { lastSyncedAt: syncedAt } };
      const taken = await takePeople(tx, whose, people, again);
      await deps.followContacts(
        tx,
        taken.flatMap(({ contact_id }) => contact_id ?? []),
        { now },
      );
      const created = taken.filter(({ was_made }) => was_made).length;
      const updated = taken.filter(({ was_there }) => was_there).length;
      await events.recordAll(tx, syncedEvent(whose, { source: 'address-book', created, updated }));
      return taken;
    });

  const bookEntry = (
    person: { phone?: string | undefined; lid?: string | undefined },
    name: string | null,
  ): BookEntry => ({
    ...{ person: chatOf(person), phone: person.phone ?? null, lid: person.lid ?? null },
    ...{ name, at: clock.now() },
  });

  async function set(actor: Actor, profileId: string, saving: Saving, name: string | null): Promise<void> {
    const profile = await connectedProfile(actor, profileId);
    const { phone: written } = readPerson(saving.phone, profile.country ?? deps.defaultCountry) ?? {};
    if (!written) {
      const problem = 'is no phone number with country code';
      throw new Failure('VALIDATION_ERROR', { details: [{ path: '/phone', problem }] });
    }
    const phone = await inTransaction(db, (tx) => registeredAs(tx, profile.id, written));
    const firstName = saving.firstName?.trim() || undefined;
    const onPhone = saving.syncToPhone ?? true;
    const takes = { person: phoneChat(phone), name, onPhone, ...(firstName && { firstName }) };
    await deps.errands.run(profile.id, 'save', takes).catch(refuse);
    const whose = { organizationId: profile.organizationId, profileId: profile.id };
    await inTransaction(db, async (tx) => {
      if (!(await deps.store.profile(actor, profile.id, tx))) throw new Failure('PROFILE_NOT_FOUND');
      const now = clock.now();
      if (name !== null) {
        const person = { line: 0, written: '', id: newId(), phone, lid: null, forms: formsOf(phone) };
        const people = [{ ...person, name, tags: [], metadata: {} }];
        const before = new Map((await lockByPhone(tx, profile.id, person.forms)).map((row) => [row.id, row]));
        const taken = await takePeople(tx, whose, people, { now, isDryRun: false });
        const ids = taken.flatMap(({ contact_id }) => contact_id ?? []);
        await deps.followContacts(tx, ids, { now });
        for (const contact of await contactsById(tx, ids)) {
          const was = before.get(contact.id);
          if (!was) await tell(tx, [{ is: 'created', contact }]);
          else if (was.name !== contact.name) await tell(tx, [{ is: 'updated', contact, changed: ['name'] }]);
        }
      }
      await keepBook(tx, whose, [bookEntry({ phone }, name)]);
      await audit.record(tx, actor, {
        action: 'contact.sync',
        resource: { type: 'profile', id: profile.id },
        details: { isSaved: name !== null },
      });
    });
  }

  return {
    /** What was set in the address book, in the transaction of what else the devices agree on. */
    async told(tx: Tx, { organizationId, profileId }: Live, changes: readonly StateChange[]): Promise<void> {
      const entries = changes.flatMap((change) => {
        if (change.kind !== 'contact') return [];
        const { person, name, at } = change;
        const chat = person.phone ?? person.lid;
        if (!chat) return [];
        const { phone, lid } = addressesOf(chat, person.lid);
        const known = { person: chat, phone: phone ?? null, lid: lid ?? null };
        return [{ ...known, name: name?.slice(0, nameLengthMax).toWellFormed() ?? null, at }];
      });
      if (entries.length > 0) await keepBook(tx, { organizationId, profileId }, entries);
    },

    /** Makes contacts of the address book. @throws Failure PROFILE_NOT_FOUND, PROFILE_NOT_CONNECTED */
    async sync(actor: Actor, profileId: string) {
      const profile = await connectedProfile(actor, profileId);
      const whose = { organizationId: profile.organizationId, profileId: profile.id };
      let [synced, created, after] = [0, 0, ''];
      for (;;) {
        const page = await bookPage(db, profile.id, after, peopleAtOnce);
        const last = page.at(-1);
        if (!last) break;
        const taken = await take(whose, page);
        synced += taken.length;
        created += taken.filter(({ was_made }) => was_made).length;
        after = last.person;
      }
      await audit.record(db, actor, {
        action: 'contact.sync',
        resource: { type: 'profile', id: profile.id },
        details: { synced, created },
      });
      const message = `${synced} contacts of the phone: ${created} are new here.`;
      return { success: true, message, synced, created, updated: synced - created, errors: [] as string[] };
    },

    /** Saves somebody on the phone, and here. @throws Failure */
    async save(actor: Actor, profileId: string, saving: Saving) {
      const name = [saving.firstName, saving.lastName]
        .map((part) => part?.trim())
        .filter(Boolean)
        .join(' ');
      if (name === '') {
        const problem = 'is needed, or lastName: a contact has a name';
        throw new Failure('VALIDATION_ERROR', { details: [{ path: '/firstName', problem }] });
      }
      await set(actor, profileId, saving, name.slice(0, nameLengthMax));
      return { success: true };
    },

    /** Takes somebody out of the address book; the contact here stays. @throws Failure */
    async remove(actor: Actor, profileId: string, phone: string) {
      await set(actor, profileId, { phone }, null);
      return { success: true };
    },
  };
}

export type AddressBook = ReturnType<typeof createAddressBook>;
