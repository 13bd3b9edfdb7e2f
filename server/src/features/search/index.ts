import type { Db } from '../../platform/db/transaction.ts';
import type { Feature } from '../../platform/feature.ts';
import type { JobQueue } from '../../platform/jobs/jobs.ts';
import type { Log } from '../../platform/log.ts';
import type { Messages } from '../messages/index.ts';
import { createFindStore } from './find.store.ts';
import { createFind } from './find.ts';
import { createFollower } from './follow.ts';
import { createGather } from './gather.ts';
import { createPeopleStore } from './people.store.ts';
import { gatherWords } from './search.jobs.ts';
import { searchKeeps } from './search.keeps.ts';
import { searchRoutes } from './search.routes.ts';
import { createSearchService } from './search.service.ts';
import { createWordsStore } from './words.store.ts';

/** What messages need of search: it gathers words by itself, but for those of messages that no event tells of. */
export function createWords(deps: { db: Db; jobs: JobQueue }) {
  const store = createWordsStore(deps.db);
  return { store, gather: createGather({ ...deps, store }) };
}

/** Finding messages, conversations, contacts and profiles by their words. */
export function createSearch(deps: {
  db: Db;
  log: Log;
  words: ReturnType<typeof createWords>;
  messages: Pick<Messages, 'byIds'>;
  defaultCountry: string;
}): { feature: Feature } {
  const { db, log } = deps;
  const { store, gather } = deps.words;
  const find = createFind({ ...deps, store: createFindStore(db), words: store });
  const service = createSearchService({ db, find, people: createPeopleStore(db) });
  return {
    feature: {
      name: 'search',
      routes: (app) => searchRoutes(app, { find, service }),
      readers: [createFollower(store)],
      jobs: [gatherWords.runs(gather.run)],
      enqueues: [gatherWords],
      keeps: searchKeeps,
      async start() {
        // Nobody has to wait for it; the job comes round by itself, too.
        gather
          .start()
          .catch((err: unknown) => log.warn({ err }, 'older messages are gathered for search later'));
      },
    },
  };
}
