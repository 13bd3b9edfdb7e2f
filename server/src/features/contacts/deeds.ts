import { storedChat } from '../../platform/chat-id.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { Failure } from '../../platform/failures.ts';
import { contactUpdated, eventOf, tagsChanged, tellOfPeople } from './contacts.events.ts';
import { tagsMax } from './contacts.schema.ts';
import type { ContactStore } from './contacts.store.ts';
import { addressesOf, type PeopleDeps, resolvePerson } from './people.store.ts';
import type { Whose } from './whose.ts';

const metadataLengthMax = 32_768;

/** Changes of contacts by other features, in their transaction; whoever is no contact yet becomes one. */
export function createContactDeeds(deps: {
  clock: Clock;
  events: EventRecorder;
  store: Pick<ContactStore, 'update'>;
  handOver: PeopleDeps['handOver'];
  followContacts(tx: Tx, ids: readonly string[], how: { now: Date }): Promise<void>;
}) {
  const people: PeopleDeps = {
    clock: deps.clock,
    handOver: deps.handOver,
    tell: tellOfPeople(deps.events),
  };

  return {
    /** Tags and metadata that do not fit any more are left out. @throws Failure CONTACT_NOT_FOUND for a group */
    async change(
      tx: Tx,
      whose: Whose,
      sender: string,
      about: {
        addTags?: readonly string[];
        removeTags?: readonly string[];
        name?: string;
        metadata?: Record<string, unknown>;
      },
    ): Promise<void> {
      const { addTags = [], removeTags = [], name } = about;
      const person = addressesOf(storedChat(sender));
      if (!person.phone && !person.lid) throw new Failure('CONTACT_NOT_FOUND');
      const before = await resolvePerson(tx, people, whose, person);
      const tags = [...new Set([...before.tags, ...addTags])].filter((tag) => !removeTags.includes(tag));
      const metadata = { ...before.metadata, ...about.metadata };
      const fits = JSON.stringify(metadata).length <= metadataLengthMax;
      const values = {
        ...(tags.join('\n') !== before.tags.join('\n') && { tags: tags.slice(0, tagsMax) }),
        ...(name && name !== before.name && { name: name.slice(0, 200) }),
        ...(about.metadata && fits && { metadata }),
      };
      const changed = Object.keys(values);
      if (changed.length === 0) return;
      const now = deps.clock.now();
      const row = await deps.store.update(tx, before.id, { ...values, updated_at: now });
      if (changed.includes('name')) await deps.followContacts(tx, [row.id], { now });
      await deps.events.record(
        tx,
        contactUpdated,
        eventOf(row, { changed, ...tagsChanged(before.tags, row.tags) }),
      );
    },
  };
}

export type ContactDeeds = ReturnType<typeof createContactDeeds>;
