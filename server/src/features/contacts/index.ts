import type { Feature } from '../../platform/feature.ts';
import type { JobQueue } from '../../platform/jobs/jobs.ts';
import type { Log } from '../../platform/log.ts';
import type { NodeQuestions } from '../../platform/node-questions.ts';
import type { Media } from '../media/index.ts';
import type { Live } from '../profiles/index.ts';
import { createContactBulk } from './bulk/bulk.kind.ts';
import { compatibilityRoutes } from './contacts.compatibility.ts';
import { contactEvents } from './contacts.events.ts';
import { contactKeeps } from './contacts.keeps.ts';
import { createPresenter } from './contacts.present.ts';
import { contactRoutes } from './contacts.routes.ts';
import { type ContactServiceDeps, createContactService } from './contacts.service.ts';
import { createContactStore } from './contacts.store.ts';
import { createContactDeeds } from './deeds.ts';
import { exportRoutes } from './export.routes.ts';
import { importContacts } from './import/import.jobs.ts';
import { importRoutes } from './import/import.routes.ts';
import { createImportService } from './import/import.service.ts';
import { createImportStore } from './import/imports.store.ts';
import { createImportRunner } from './import/run-import.ts';
import { createRowTaker } from './import/take-rows.ts';
import { createLooker } from './looks/looker.ts';
import { createLooks } from './looks/looks.ts';
import { createNumberChecks } from './numbers/check-numbers.ts';
import { numberRoutes } from './numbers/numbers.routes.ts';
import { createAddressBook } from './phone/address-book.ts';
import { createBlocks } from './phone/blocks.ts';
import { createErrands } from './phone/errands.ts';
import { phoneRoutes } from './phone/phone.routes.ts';
import { segmentRoutes } from './segments/segments.routes.ts';
import { createSegmentService } from './segments/segments.service.ts';
import { createSegmentStore } from './segments/segments.store.ts';

export {
  type ContactsWanted,
  contactsAfter,
  contactsWithIds,
  countContacts,
  type KnownPerson,
  peopleOfChats,
  type Reachable,
  segmentFor,
} from './audience.store.ts';
export { syncedEvent, tellOfPeople } from './contacts.events.ts';
export type { ContactDeeds } from './deeds.ts';
export { forgetAddress, keepAddress } from './dialled.store.ts';
export { withQuote } from './formula.ts';
export { type OpenFile, type Reading, readingOf, rowsOf, Unreadable } from './import/read-file.ts';
export type { WrittenRow } from './import/rows.ts';
export { givesLid, type SeenContact, seenContact } from './lid.sql.ts';
export { asKept, contactNames, type Named, namesLearnt } from './names.sql.ts';
export { isUnknown, makesContacts, newcomer, newcomerColumns, tellsOfNewcomers } from './newcomers.sql.ts';
export {
  type Addresses,
  addressesOf,
  type ContactRow,
  chatOf,
  lockByPhone,
  type PeopleDeps,
  type PersonFact,
  phonesOfLids,
  removeUntouched,
  renumber,
  resolveKnown,
  resolvePerson,
} from './people.store.ts';
export type { Whose } from './whose.ts';

/** Contacts: the people whom profiles talk to, and what is known of them. */
export function createContacts(
  deps: Omit<ContactServiceDeps, 'store' | 'segment' | 'present' | 'looks'> & {
    log: Log;
    questions: Pick<NodeQuestions, 'answers' | 'ask'>;
    jobs: JobQueue;
    media: Pick<Media, 'take' | 'store' | 'openMedia' | 'refer' | 'release' | 'linksOf' | 'bodyBytesMax'>;
    live(profileId: string): Live | undefined;
  },
) {
  const store = createContactStore(deps.db, deps.optedOut);
  const segments = createSegmentService({ ...deps, store: createSegmentStore(deps.db) });
  const looker = createLooker(deps);
  const errands = createErrands({ ...deps, looker });
  const present = createPresenter(deps.media.linksOf);
  const looks = createLooks({ ...deps, store, errands, present });
  const service = createContactService({ ...deps, store, segment: segments.filterOf, present, looks });
  const checks = createNumberChecks({ ...deps, store, errands });
  const blocks = createBlocks({ ...deps, store, errands, present });
  const book = createAddressBook({ ...deps, store, errands });
  const imports = createImportStore(deps.db);
  const takeRows = createRowTaker(deps);
  const { removeContact } = service;
  const importing = createImportService({ ...deps, store, imports, takeRows });
  const run = createImportRunner({ ...deps, store: imports, takeRows });
  const feature: Feature = {
    name: 'contacts',
    async purge() {
      await checks.purge();
      await importing.purge();
    },
    routes(app) {
      exportRoutes(app, { ...deps, store, segment: segments.filterOf });
      importRoutes(app, importing, deps.media);
      segmentRoutes(app, segments);
      contactRoutes(app, service);
      numberRoutes(app, checks);
      phoneRoutes(app, { blocks, book, looks });
      compatibilityRoutes(app, service);
    },
    events: contactEvents,
    jobs: [importContacts.runs(run)],
    keeps: contactKeeps,
  };
  return {
    feature,
    connected: blocks.connected,
    blocksChanged: blocks.changed,
    peopleChanged: looker.changed,
    told: book.told,
    /** Somebody looks at them here; see {@link Looks.seen}. */
    seen: looks.seen,
    /** Asks WhatsApp about numbers before somebody writes to them. */
    checkNumbers: checks.ahead,
    /** What can be done to many of them. */
    bulk: createContactBulk({ ...deps, store, removeContact, segment: segments.filterOf }),
    /** For other features. */
    deeds: createContactDeeds({ ...deps, store }),
  };
}
