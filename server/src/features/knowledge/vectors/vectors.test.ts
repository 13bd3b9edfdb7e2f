import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../../test/database.ts';
import { evaluationDocuments, recallOf } from '../../../../test/evaluation/evaluation.ts';
import { answered, mistyped } from '../../../../test/evaluation/questions.ts';
import { insertProfile, whoseProfile } from '../../../../test/profile-rows.ts';
import { seeded } from '../../../../test/seeded.ts';
import type { Actor } from '../../../platform/actor.ts';
import { systemClock } from '../../../platform/clock.ts';
import type { Tx } from '../../../platform/db/transaction.ts';
import { createDocumentStore } from '../documents.store.ts';
import { createKnowledgeService } from '../knowledge.service.ts';
import { createByVectors } from '../search/by-vectors.ts';
import { createByWords } from '../search/by-words.ts';
import { createChunksStore } from '../search/chunks.store.ts';
import { createSearch } from '../search/search.ts';
import { createWordsStore } from '../search/words.store.ts';
import { prepare } from '../text/prepare.ts';
import { entryOf } from '../threads/entry.ts';
import type { VectorsTask } from '../threads/vectors-task.ts';
import { createWorkshop } from '../threads/workshop.ts';
import { createEmbedding } from './embed.ts';
import { createHeld } from './held.ts';
import { createMatrix, type Near } from './matrix.ts';
import { unit } from './unit.ts';
import { createVectorStore } from './vectors.store.ts';

/** A model of the suite: letters in threes, hashed; its answers can be held back or refused. */
function letterModel() {
  const model = {
    name: 'letters-1' as string | undefined,
    dimensions: 512,
    embedded: 0,
    calls: [] as number[],
    answer: async (): Promise<void> => undefined,
    embeddingModel: async () => model.name,
    async embed(_organizationId: string, texts: string[]) {
      await model.answer();
      model.calls.push(texts.length);
      model.embedded += texts.length;
      return { vectors: texts.map((text) => model.vectorOf(text)), model: model.name ?? '' };
    },
    vectorOf(text: string): Float32Array {
      const vector = new Float32Array(model.dimensions);
      const letters = [
        ...text
          .normalize('NFKC')
          .toLowerCase()
          .replaceAll(/[^\p{L}\p{N}\p{M}]+/gu, ' '),
      ];
      for (let at = 0; at + 3 <= letters.length; at++) {
        let hash = 7;
        for (const letter of letters.slice(at, at + 3))
          hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) >>> 0;
        vector[hash % model.dimensions] = (vector[hash % model.dimensions] ?? 0) + 1;
      }
      return vector;
    },
  };
  return model;
}

const threads: { stop(): Promise<void> }[] = [];
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(async () => {
  await Promise.all(threads.map((thread) => thread.stop()));
  await database?.drop();
});

/** A profile with the real parts around it and the model of the suite; jobs are run by hand. */
async function newBase() {
  const { db } = database.database;
  const { organizationId, profileId } = await whoseProfile(db, await insertProfile(db));
  const embedder = letterModel();
  const told: string[] = [];
  let enqueued = 0;
  const incomplete: string[] = [];
  const thread = createWorkshop<VectorsTask, Near[]>(entryOf('vectors-thread'), {
    ...{ msMax: 10_000, mbMax: 128, waitingMax: 100 },
    ended: () => held.lost(),
  });
  threads.push(thread);
  const vectors = createVectorStore(db);
  const held = createHeld(vectors, thread);
  const store = createDocumentStore(db);
  const record = async (_tx: unknown, { name }: { name: string }, { body }: { body: unknown }) =>
    void told.push(`${name} ${(body as { document: { status: string } }).document.status}`);
  const events = { record } as never;
  const jobs = { enqueue: async (_tx: Tx) => void enqueued++ };
  const embedding = createEmbedding({
    clock: systemClock,
    events,
    jobs,
    documents: store,
    vectors,
    embedder,
  });
  const service = createKnowledgeService({
    ...{ db, clock: systemClock, store, vectors, embedding, events },
    audit: { record: async () => undefined },
    prepare: async (task) => prepare(task.name, 'text' in task ? task.text : ''),
    openFile: async () => ({ bytes: new Uint8Array(), filename: '' }),
  });
  const search = createSearch({
    byWords: createByWords(createWordsStore(db)),
    byVectors: createByVectors(embedder, held),
    chunks: createChunksStore(db),
    incomplete: (_organizationId, profile) => void incomplete.push(profile),
  });
  const actor = { organizationId } as Actor;
  return {
    ...{ db, embedder, told, incomplete, organizationId, profileId, service, actor },
    enqueued: () => enqueued,
    ingest: (name: string, content: string) => service.ingestText(actor, profileId, { name, content }),
    embed: () => embedding.run({ organizationId, profileId }, new AbortController().signal),
    search: (query: string, more: object = {}) =>
      // A busy machine may be late, which is not what is counted here.
      search(organizationId, profileId, query, { limit: 5, deadlineMs: 60_000, ...more }),
    vectorCount: async () =>
      (await db.selectFrom('knowledge_vectors').select('hash').where('profile_id', '=', profileId).execute())
        .length,
  };
}

test('with vectors the evaluation set is answered no worse than by words alone', async () => {
  const base = await newBase();
  for (const { name, content } of evaluationDocuments()) await base.ingest(name, content);
  await base.embed();
  const recall = async (embed: boolean) => {
    const find = async (query: string) => {
      const { chunks, degraded } = await base.search(query, { embed });
      expect(degraded).toBe(false);
      return chunks.map(({ text: content, ...chunk }) => ({ ...chunk, content }));
    };
    return [(await recallOf(answered, find)).recall, (await recallOf(mistyped, find)).recall] as const;
  };
  const [words, hybrid] = [await recall(false), await recall(true)];
  process.stdout.write(`recall@5 by words ${words.join(', ')}; with vectors ${hybrid.join(', ')}\n`);
  expect(hybrid[0]).toBeGreaterThanOrEqual(words[0]);
  expect(hybrid[1]).toBeGreaterThanOrEqual(words[1]);
  expect(Math.max(...base.embedder.calls)).toBe(64);
});

test('vectors find what shares no word, with its cosine, and each text is embedded once', async () => {
  const base = await newBase();
  await base.ingest('One', 'unforgettable');
  await base.ingest('Two', 'sandwiches');
  expect(base.enqueued()).toBe(2);
  await base.embed();
  expect(base.told.slice(-2)).toEqual(['knowledge.updated ready', 'knowledge.updated ready']);
  const { chunks } = await base.search('forgetting');
  expect(chunks[0]).toMatchObject({ documentName: 'One', textScore: 0 });
  expect(chunks[0]?.vectorScore).toBeGreaterThan(0.3);
  const { embedded } = base.embedder;
  await base.ingest('Three', 'sandwiches');
  await base.embed();
  await base.embed();
  expect(base.embedder.embedded).toBe(embedded);
  expect((await base.search('forgetting', { cosineFloor: 0.3 })).support).toBe(1);
});

test('a provider that fails, is late or is missing leaves the words, and says so', async () => {
  const base = await newBase();
  await base.ingest('Hours', 'We open at seven.');
  const asked = async (more: object = {}) => {
    const { chunks, degraded } = await base.search('open', more);
    return [chunks.map(({ documentName }) => documentName), degraded];
  };
  expect(await asked()).toEqual([['Hours'], true]);
  expect(base.incomplete).toEqual([base.profileId]);
  base.embedder.answer = async () => {
    throw new Error('The provider is away.');
  };
  await expect(base.embed()).rejects.toThrow('away');
  expect(base.told.at(-1)).toBe('knowledge.updated failed');
  expect(await asked()).toEqual([['Hours'], true]);
  base.embedder.answer = async () => undefined;
  await base.embed();
  expect(base.told.at(-1)).toBe('knowledge.updated ready');
  expect(await asked()).toEqual([['Hours'], false]);
  base.embedder.answer = () => new Promise(() => undefined);
  const startedAt = performance.now();
  expect(await asked({ deadlineMs: 50 })).toEqual([['Hours'], true]);
  expect(performance.now() - startedAt).toBeLessThan(1_400);
  base.embedder.name = undefined;
  expect(await asked()).toEqual([['Hours'], false]);
});

test('vectors of another model are never compared, and a deleted document leaves none', async () => {
  const base = await newBase();
  const { document } = await base.ingest('Hours', 'We open at seven.');
  await base.ingest('Other', 'Bread and salt.');
  await base.embed();
  base.embedder.name = 'letters-2';
  base.embedder.dimensions = 64;
  expect((await base.search('open')).degraded).toBe(true);
  await base.embed();
  expect((await base.search('open')).degraded).toBe(false);
  expect(await base.vectorCount()).toBe(2);
  await base.service.remove(base.actor, document.id);
  expect(await base.vectorCount()).toBe(1);
  expect((await base.search('open at seven')).chunks.map(({ documentName }) => documentName)).not.toContain(
    'Hours',
  );
  await base.ingest('Other', 'Salt and bread.');
  expect(await base.vectorCount()).toBe(0);
});

test('the nearest of a matrix are those of a plain comparison, in bytes but for ties', () => {
  const random = seeded(4);
  const row = () => unit(Array.from({ length: 33 }, () => random() - 0.5)) ?? new Float32Array(33);
  const rows = Array.from({ length: 500 }, row);
  const query = row();
  const values = Float32Array.from(rows.flatMap((one) => [...one]));
  const plain = rows
    .map((one, at) => ({ at, score: one.reduce((sum, value, n) => sum + value * (query[n] ?? 0), 0) }))
    .sort((one, other) => other.score - one.score)
    .slice(0, 10);
  const nearestOf = (isCompact: boolean) => {
    const matrix = createMatrix(33, { isCompact });
    matrix.add(
      rows.slice(0, 200).map((_, at) => [`${at}`]),
      values.slice(0, 200 * 33),
    );
    matrix.add(
      rows.slice(200).map((_, at) => [`${at + 200}`]),
      values.slice(200 * 33),
    );
    return matrix.nearest(query, 10);
  };
  expect(nearestOf(false).map(({ ids }) => ids[0])).toEqual(plain.map(({ at }) => `${at}`));
  const near = new Set(nearestOf(true).map(({ ids }) => ids[0]));
  expect(plain.filter(({ at }) => near.has(`${at}`)).length).toBeGreaterThanOrEqual(9);
  expect(createMatrix(33, { isCompact: false }).nearest(new Float32Array(7), 5)).toEqual([]);
});

test('the profiles that were searched last are held, as far as they fit', async () => {
  const asked: string[] = [];
  const row = { hash: 'a', vector: Buffer.from(new Float32Array([1, 0]).buffer), ids: ['chunk'] };
  const store = {
    sizeOf: async () => 40,
    page: async (profileId: string, _model: string, after: string) => {
      if (after === '') asked.push(profileId);
      return after === '' ? [row] : [];
    },
  };
  const thread = {
    run: async ({ kind }: VectorsTask) => (kind === 'nearest' ? [{ ids: ['chunk'], score: 1 }] : []),
  };
  const held = createHeld(store, thread, 100);
  const ask = (profileId: string, version = '1') =>
    held.nearest({ profileId, model: 'm', version }, Promise.resolve(new Float32Array([1, 0])), 5);
  for (const profileId of ['a', 'b', 'a', 'c', 'a', 'b']) expect((await ask(profileId))?.total).toBe(1);
  expect(asked).toEqual(['a', 'b', 'c', 'b']);
  await ask('b', '2');
  await ask('b', '2');
  expect(asked).toEqual(['a', 'b', 'c', 'b', 'b']);
  held.lost();
  await ask('b', '2');
  expect(asked).toHaveLength(6);
});
