import type { Idempotency, IdempotencyClaim } from '../../http/idempotency.ts';
import { cut, page as pageOf, sliceOf } from '../../http/list.ts';
import { given } from '../../http/schema.ts';
import type { Actor } from '../../platform/actor.ts';
import { type AuditLog, differences } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import { whenTaken } from '../../platform/db/taken.ts';
import { type Db, inTransaction, type Tx } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { Failure } from '../../platform/failures.ts';
import { isUuid } from '../../platform/ids.ts';
import { profileOf } from '../../platform/known-profiles.store.ts';
import { formsOf } from '../../platform/number-forms.ts';
import { reachOf } from '../../platform/reach.ts';
import type { Media } from '../media/index.ts';
import * as events from './contacts.events.ts';
import type { OptedOut, PresentContact } from './contacts.present.ts';
import type { ContactChange, NewContact } from './contacts.schema.ts';
import type { ContactFilter, ContactStore } from './contacts.store.ts';
import { registeredAs } from './dialled.store.ts';
import type { Looks } from './looks/looks.ts';
import {
  type Addresses,
  type ContactRow,
  type PeopleDeps,
  pictureKind,
  resolveKnown,
  resolvePerson,
} from './people.store.ts';
import { readPerson } from './read-person.ts';
import { assertTags, readTags } from './tags.ts';
import type { Whose } from './whose.ts';

export interface ContactServiceDeps {
  db: Db;
  clock: Clock;
  events: EventRecorder;
  audit: AuditLog;
  idempotency: Pick<Idempotency, 'once'>;
  store: ContactStore;
  present: PresentContact;
  looks: Pick<Looks, 'seen'>;
  optedOut: OptedOut;
  media: Pick<Media, 'release'>;
  /** What a segment adds to a filter. @throws Failure SEGMENT_NOT_FOUND */
  segment(actor: Actor, id: string): Promise<Pick<ContactFilter, 'within'>>;
  handOver: PeopleDeps['handOver'];
  /** Conversations after contacts were saved: they are called as those are. */
  followContacts(tx: Tx, contactIds: readonly string[], how: { now: Date; moved?: boolean }): Promise<void>;
  /** The contact of a person whose contacts and conversations became one. */
  mergePeople(tx: Tx, whose: Whose, person: Addresses): Promise<ContactRow>;
  /** Deletes a conversation with its messages. @throws Failure CONVERSATION_NOT_FOUND */
  removeConversation(actor: Actor, id: string): Promise<void>;
  defaultCountry: string;
}

export function createContactService(deps: ContactServiceDeps) {
  const { db, clock, store, audit, present } = deps;
  const tell = events.tellOfPeople(deps.events);
  const people: PeopleDeps = {
    clock,
    handOver: deps.handOver,
    // Of somebody who is new, what was given is told with it.
    tell: (tx, facts) =>
      tell(
        tx,
        facts.filter(({ is }) => is !== 'created'),
      ),
  };

  async function contactOf(actor: Actor, id: string) {
    const row = await store.find(actor, id);
    if (!row) throw new Failure('CONTACT_NOT_FOUND');
    return row;
  }

  async function locked(tx: Tx, actor: Actor, id: string): Promise<ContactRow> {
    const row = await store.lock(tx, actor, id);
    if (!row) throw new Failure('CONTACT_NOT_FOUND');
    return row;
  }

  /** The profile of a request and the country of its local numbers. @throws Failure PROFILE_NOT_FOUND */
  async function profileIn(tx: Tx, actor: Actor, id: string) {
    const profile = isUuid(id) ? await store.profile(actor, id, tx) : undefined;
    if (!profile) throw new Failure('PROFILE_NOT_FOUND');
    return { ...profile, country: profile.country ?? deps.defaultCountry };
  }

  function personIn(written: string, country: string): Addresses {
    const person = readPerson(written, country);
    if (person) return person;
    const problem = 'is no phone number with country code, nor the chat id of a person';
    throw new Failure('VALIDATION_ERROR', { details: [{ path: '/phone', problem }] });
  }

  /** Stores what is new of a contact, tells of it, and has its conversation follow. */
  async function change(
    tx: Tx,
    actor: Actor,
    before: ContactRow,
    values: Partial<Pick<ContactRow, 'phone' | 'lid' | 'name' | 'tags' | 'metadata'>>,
  ): Promise<ContactRow> {
    const changed = Object.keys(differences(before as never, { ...before, ...values } as never).after);
    if (changed.length === 0) return before;
    const now = clock.now();
    const row = await whenTaken('contacts_profile_id_phone_key', 'CONTACT_PHONE_TAKEN', () =>
      store.update(tx, before.id, { ...values, updated_at: now }),
    );
    if (changed.includes('name') || changed.includes('phone')) {
      await deps.followContacts(tx, [row.id], { now, moved: changed.includes('phone') });
    }
    await audit.record(tx, actor, {
      action: 'contact.update',
      resource: { type: 'contact', id: row.id },
      details: { fields: changed },
    });
    const more = { changed, ...events.tagsChanged(before.tags, row.tags) };
    await deps.events.record(tx, events.contactUpdated, events.eventOf(row, more));
    return row;
  }

  async function removeConversations(actor: Actor, id: string): Promise<void> {
    const reach = reachOf(actor, 'message:delete');
    if (!reach) throw new Failure('PERMISSION_DENIED');
    for (const conversationId of await store.conversationsOf(id)) {
      await deps.removeConversation({ ...actor, reach }, conversationId).catch((error: unknown) => {
        const isOutside = error instanceof Failure && error.code === 'CONVERSATION_NOT_FOUND';
        throw isOutside ? new Failure('PERMISSION_DENIED', { cause: error }) : error;
      });
    }
  }

  /** What the conversation was called after goes with it. */
  async function removeContact(tx: Tx, row: ContactRow, everything: boolean): Promise<void> {
    const { id } = row;
    await store.update(tx, id, { name: null });
    await deps.followContacts(tx, [id], { now: clock.now() });
    await deps.media.release(tx, pictureKind, [id]);
    await store.remove(tx, row, everything);
    await deps.events.record(tx, events.contactDeleted, events.eventOf(row));
  }

  async function shown(actor: Actor, work: (tx: Tx) => Promise<ContactRow>) {
    const { id } = await inTransaction(db, work);
    return present(await contactOf(actor, id));
  }

  async function shownIn(tx: Tx, row: ContactRow) {
    const [is_opted_out] = await deps.optedOut(tx, row.organization_id, [row]);
    return present({ ...row, talked_at: null, is_opted_out });
  }

  return {
    async list(
      actor: Actor,
      asked: Omit<ContactFilter, 'within'> & { segmentId?: string | undefined },
      query: { limit?: number; offset?: number; cursor?: string | undefined },
    ) {
      await profileOf(db, actor, given(asked.profileId));
      const { segmentId, ...of } = asked;
      const segment = segmentId === undefined ? undefined : await deps.segment(actor, segmentId);
      const filter = { ...of, ...segment };
      const slice = sliceOf(query);
      const rows = await store.list(actor, filter, slice);
      const { shown: contacts, next } = cut(slice, rows, ({ updated_at: at, id }) => ({ at, id }));
      const isLast = next === null && !slice.after && (contacts.length > 0 || slice.offset === 0);
      const total = isLast ? slice.offset + contacts.length : await store.count(actor, filter);
      const { limit } = pageOf(query);
      return { contacts: contacts.map(present), total, limit, offset: slice.offset, cursor: next };
    },

    async tags(actor: Actor, profileId: string | undefined) {
      return store.tags(actor, await profileOf(db, actor, given(profileId)));
    },

    async get(actor: Actor, id: string) {
      const row = await contactOf(actor, id);
      deps.looks.seen(row);
      return present(row);
    },

    /** Adds somebody; whoever is a contact already gets what is given besides what is known. @throws Failure */
    async create(actor: Actor, body: NewContact, claim: IdempotencyClaim | undefined) {
      const tags = readTags(body.tags);
      assertTags(tags);
      return deps.idempotency.once(claim, 201, async (tx) => {
        const profile = await profileIn(tx, actor, body.profileId);
        const written = personIn(body.phone, profile.country);
        const person = written.phone ? { phone: await registeredAs(tx, profile.id, written.phone) } : written;
        const whose = { organizationId: profile.organizationId, profileId: profile.id };
        const known = await resolveKnown(tx, people, whose, person, { isDialled: true });
        const before = known ?? (await resolvePerson(tx, people, whose, person, { isDialled: true }));
        const name = given(body.name);
        const values = {
          ...(name && { name }),
          tags: [...new Set([...before.tags, ...tags])],
          metadata: { ...before.metadata, ...body.metadata },
        };
        assertTags(values.tags);
        assertMetadata(values.metadata);
        if (known) {
          const row = await change(tx, actor, before, values);
          return shownIn(tx, row);
        }
        const row = await store.update(tx, before.id, values);
        await deps.followContacts(tx, [row.id], { now: clock.now() });
        await audit.record(tx, actor, {
          action: 'contact.create',
          resource: { type: 'contact', id: row.id },
        });
        await deps.events.record(tx, events.contactCreated, events.eventOf(row));
        return shownIn(tx, row);
      });
    },

    /** @throws Failure CONTACT_NOT_FOUND, CONTACT_PHONE_TAKEN, VALIDATION_ERROR */
    async update(actor: Actor, id: string, body: ContactChange) {
      const { profile_id } = await contactOf(actor, id);
      return shown(actor, async (tx) => {
        const { country } = await profileIn(tx, actor, profile_id);
        const before = await locked(tx, actor, id);
        const phone = given(body.phone);
        const person = phone === undefined ? undefined : personIn(phone, country);
        if (person && !person.phone) personIn('', country);
        const tags = body.tags === undefined ? undefined : readTags(body.tags);
        assertTags(tags ?? []);
        assertMetadata(body.metadata);
        return change(tx, actor, before, {
          // The linked identity belongs to whoever had the old number.
          ...(person?.phone && person.phone !== before.phone && { phone: person.phone, lid: null }),
          ...(body.name !== undefined && body.name !== '' && { name: body.name }),
          ...(tags && { tags }),
          ...(body.metadata && { metadata: body.metadata }),
        });
      });
    },

    /**
     * With `everything` the conversation and its messages go, too, for whoever may delete those.
     * @throws Failure CONTACT_NOT_FOUND, PERMISSION_DENIED
     */
    async remove(actor: Actor, id: string, everything: boolean) {
      await contactOf(actor, id);
      if (everything) await removeConversations(actor, id);
      return inTransaction(db, async (tx) => {
        await removeContact(tx, await locked(tx, actor, id), everything);
        await audit.record(tx, actor, {
          action: 'contact.delete',
          resource: { type: 'contact', id },
          details: { everything },
        });
        return { success: true };
      });
    },

    /** The same by a job, of one that is locked. */
    removeContact: (tx: Tx, row: ContactRow) => removeContact(tx, row, false),

    /**
     * Two contacts become one: the one with the number stays, and where both have a value that of `id` holds. Their
     * conversations are one from then on.
     * @throws Failure CONTACT_NOT_FOUND, VALIDATION_ERROR, CONTACTS_DIFFER
     */
    async merge(actor: Actor, id: string, otherId: string) {
      if (otherId === id) {
        const problem = 'must be another contact';
        throw new Failure('VALIDATION_ERROR', { details: [{ path: '/contactId', problem }] });
      }
      return shown(actor, async (tx) => {
        const [first, second] = [id, otherId].toSorted();
        const rows = [await locked(tx, actor, first ?? ''), await locked(tx, actor, second ?? '')];
        const [into, other] = rows[0]?.id === id ? rows : rows.toReversed();
        if (!into || other?.profile_id !== into.profile_id) throw new Failure('CONTACT_NOT_FOUND');
        if (!canBeOne(into, other)) throw new Failure('CONTACTS_DIFFER');
        const whose = { organizationId: into.organization_id, profileId: into.profile_id };
        const addresses = { phone: into.phone ?? other.phone, lid: into.lid ?? other.lid };
        const stays = await deps.mergePeople(tx, whose, {
          phone: addresses.phone ?? undefined,
          lid: addresses.lid ?? undefined,
        });
        await audit.record(tx, actor, {
          action: 'contact.merge',
          resource: { type: 'contact', id: stays.id },
          details: { mergedId: stays.id === id ? otherId : id },
        });
        return change(tx, actor, stays, {
          ...(into.name && { name: into.name }),
          metadata: { ...stays.metadata, ...into.metadata },
        });
      });
    },

    /** @throws Failure CONTACT_NOT_FOUND, VALIDATION_ERROR */
    addTags(actor: Actor, id: string, tags: readonly string[]) {
      return shown(actor, async (tx) => {
        const before = await locked(tx, actor, id);
        const all = [...new Set([...before.tags, ...tags])];
        assertTags(all);
        return change(tx, actor, before, { tags: all });
      });
    },

    /** @throws Failure CONTACT_NOT_FOUND */
    removeTags(actor: Actor, id: string, tags: readonly string[]) {
      return shown(actor, async (tx) => {
        const before = await locked(tx, actor, id);
        return change(tx, actor, before, { tags: before.tags.filter((tag) => !tags.includes(tag)) });
      });
    },
  };
}

/** Whether WhatsApp may have two contacts for one person: numbers in two forms, or one named by its linked identity only. */
function canBeOne(one: ContactRow, other: ContactRow): boolean {
  const isOneNumber = !one.phone || !other.phone || formsOf(one.phone).includes(other.phone);
  return isOneNumber && (!one.lid || !other.lid || one.lid === other.lid);
}

const metadataLengthMax = 32_768;

function assertMetadata(metadata: object | undefined): void {
  if (!metadata || JSON.stringify(metadata).length <= metadataLengthMax) return;
  const problem = `must be at most ${metadataLengthMax} characters as JSON`;
  throw new Failure('VALIDATION_ERROR', { details: [{ path: '/metadata', problem }] });
}

export type ContactService = ReturnType<typeof createContactService>;
