import type { AuditLog } from '../../platform/audit/record.ts';
import { type Clock, minuteMs } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import type { Feature } from '../../platform/feature.ts';
import type { JobQueue } from '../../platform/jobs/jobs.ts';
import { profileOf } from '../../platform/known-profiles.store.ts';
import type { Log } from '../../platform/log.ts';
import { createRate } from '../../platform/rate.ts';
import type { Media } from '../media/index.ts';
import { createDocumentStore } from './documents.store.ts';
import type { Embedder } from './embedder.ts';
import { createOpenFile } from './files/open-file.ts';
import { knowledgeCreated, knowledgeDeleted, knowledgeUpdated } from './knowledge.events.ts';
import { embedKnowledge } from './knowledge.jobs.ts';
import { knowledgeKeeps } from './knowledge.keeps.ts';
import { knowledgeRoutes } from './knowledge.routes.ts';
import { createKnowledgeService } from './knowledge.service.ts';
import { createByVectors } from './search/by-vectors.ts';
import { createByWords } from './search/by-words.ts';
import { createChunksStore } from './search/chunks.store.ts';
import { createSearch } from './search/search.ts';
import { createWordsStore } from './search/words.store.ts';
import { entryOf } from './threads/entry.ts';
import { createPrepare } from './threads/prepare.ts';
import type { VectorsTask } from './threads/vectors-task.ts';
import { createWorkshop } from './threads/workshop.ts';
import { createCatchUp } from './vectors/catch-up.ts';
import { createEmbedding } from './vectors/embed.ts';
import { createHeld } from './vectors/held.ts';
import type { Near } from './vectors/matrix.ts';
import { createVectorStore } from './vectors/vectors.store.ts';

const searchesPerMinute = 600;

/** What profiles know: documents, cut into chunks that are found by their words. */
export function createKnowledge(deps: {
  db: Db;
  clock: Clock;
  audit: AuditLog;
  events: Pick<EventRecorder, 'record'>;
  jobs: Pick<JobQueue, 'enqueue'>;
  media: Pick<Media, 'take' | 'openMedia' | 'bodyBytesMax'>;
  log: Log;
  /** Without it words alone serve. */
  embedder?: Embedder | undefined;
}) {
  const { db, embedder } = deps;
  const prepare = createPrepare();
  const thread = createWorkshop<VectorsTask, Near[]>(entryOf('vectors-thread'), {
    ...{ msMax: 10_000, mbMax: 256, waitingMax: 1_000, idleMs: 10 * minuteMs },
    ended: () => held.lost(),
  });
  const store = createDocumentStore(db);
  const vectors = createVectorStore(db);
  const held = createHeld(vectors, thread);
  const embedding = createEmbedding({ ...deps, documents: store, vectors, embedder });
  const service = createKnowledgeService({
    ...deps,
    ...{ store, vectors, embedding },
    prepare: prepare.run,
    openFile: createOpenFile(deps.media),
  });
  const search = createSearch({
    byWords: createByWords(createWordsStore(db)),
    byVectors: embedder && createByVectors(embedder, held),
    chunks: createChunksStore(db),
    incomplete: createCatchUp({ ...deps, embedding }),
  });
  const rate = createRate(deps.clock, searchesPerMinute);
  const feature: Feature = {
    name: 'knowledge',
    routes: (app) =>
      knowledgeRoutes(app, service, deps.media, async (actor, profileId, query, limit) => {
        await profileOf(db, actor, profileId);
        rate.count(actor.organizationId);
        return search(actor.organizationId, profileId, query, { limit });
      }),
    events: [knowledgeCreated, knowledgeUpdated, knowledgeDeleted],
    keeps: knowledgeKeeps,
    jobs: [embedKnowledge.runs(embedding.run)],
    enqueues: [embedKnowledge],
    async stop() {
      await Promise.all([prepare.stop(), thread.stop()]);
    },
  };
  return { feature, search };
}
