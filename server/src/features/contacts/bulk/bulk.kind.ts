import type { Actor } from '../../../platform/actor.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Tx } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import { isUuid } from '../../../platform/ids.ts';
import { type BulkAct, type BulkKind, defineBulkKind, type Outcome } from '../../bulk-acts/index.ts';
import { contactsChanged } from '../contacts.events.ts';
import type { ContactFilter, ContactStore } from '../contacts.store.ts';
import type { ContactRow } from '../people.store.ts';
import { assertTags, problemOfTags, readTags } from '../tags.ts';
import { BulkOrder, ContactBulk, type NewBulk } from './bulk.schema.ts';
import { chosenContacts, lockContacts, setTags, type WhichContacts } from './bulks.store.ts';

/** In one transaction: whoever writes meanwhile waits for it. A deletion takes several statements. */
const atOnce: Readonly<Record<string, number>> = { delete: 25 };
const atOnceUsual = 200;

/** What can be done to many contacts. */
export function createContactBulk(deps: {
  clock: Clock;
  store: Pick<ContactStore, 'profile'>;
  /** What a segment adds to a filter. @throws Failure SEGMENT_NOT_FOUND */
  segment(actor: Actor, id: string): Promise<Pick<ContactFilter, 'within'>>;
  /** Deletes a contact that is locked, with its event. */
  removeContact(tx: Tx, row: ContactRow): Promise<void>;
}): BulkKind {
  async function whichOf(actor: Actor, { ids, filter }: NewBulk): Promise<WhichContacts> {
    if (ids) return { ids: ids.filter(isUuid) };
    const { segmentId, search, tags } = filter ?? {};
    const segment = segmentId === undefined ? undefined : await deps.segment(actor, segmentId);
    return { filter: { search, tags: readTags(tags), ...segment } };
  }

  async function tagged(tx: Tx, { act, about }: BulkAct, rows: readonly ContactRow[]): Promise<Outcome[]> {
    const named = about.tags as string[];
    const changes: { id: string; tags: string[] }[] = [];
    const outcomes = rows.map(({ id, tags: before }): Outcome => {
      const tags =
        act === 'add-tags'
          ? [...new Set([...before, ...named])]
          : before.filter((tag) => !named.includes(tag));
      if (tags.length === before.length) return { id, is: 'unchanged' };
      const problem = tags.length > before.length ? problemOfTags(tags) : undefined;
      if (problem) return { id, is: 'failed', code: 'VALIDATION_ERROR', reason: `The tags ${problem}.` };
      changes.push({ id, tags });
      return { id, is: 'changed' };
    });
    await setTags(tx, changes, deps.clock.now());
    return outcomes;
  }

  return defineBulkKind({
    ...{ name: 'contact', path: '/contacts', tag: 'Contacts', access: 'contact:update' },
    ...{ order: BulkOrder, answer: ContactBulk, event: contactsChanged },
    summary: 'Change many contacts at once: tag them, take tags off them, or delete them.',
    description: 'Besides the end, only deletions are told one by one.',
    refusals: ['PROFILE_NOT_FOUND', 'SEGMENT_NOT_FOUND'],
    permissionOf: (act) => (act === 'delete' ? 'contact:delete' : 'contact:update'),

    async read(actor, order) {
      const tags = tagsOf(order);
      const which = await whichOf(actor, order);
      const profile = isUuid(order.profileId) ? await deps.store.profile(actor, order.profileId) : undefined;
      if (!profile) throw new Failure('PROFILE_NOT_FOUND');
      const whose = { organizationId: profile.organizationId, profileId: profile.id };
      return { profileId: profile.id, about: { tags }, ids: chosenContacts(whose, which) };
    },

    atOnce: (act) => atOnce[act] ?? atOnceUsual,

    async act(tx, _, bulk, ids) {
      const rows = await lockContacts(tx, String(bulk.profileId), ids);
      if (bulk.act !== 'delete') return tagged(tx, bulk, rows);
      for (const row of rows) await deps.removeContact(tx, row);
      return rows.map(({ id }) => ({ id, is: 'changed' }));
    },
  });
}

function tagsOf({ act, tags: written }: NewBulk): string[] {
  if (act === 'delete') return [];
  const tags = readTags(written);
  if (tags.length === 0) {
    const details = [{ path: '/tags', problem: 'must name at least one tag' }];
    throw new Failure('VALIDATION_ERROR', { details });
  }
  assertTags(tags);
  return tags;
}
