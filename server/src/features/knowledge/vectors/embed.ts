import type { Clock } from '../../../platform/clock.ts';
import type { Tx } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import type { JobQueue } from '../../../platform/jobs/jobs.ts';
import type { DocumentStore } from '../documents.store.ts';
import type { Embedder } from '../embedder.ts';
import { eventOf, knowledgeUpdated } from '../knowledge.events.ts';
import { embedKnowledge } from '../knowledge.jobs.ts';
import { embeddedText } from '../text/prepare.ts';
import { bytesOf, unit } from './unit.ts';
import type { VectorStore } from './vectors.store.ts';

/** Texts of one call. */
const batchMax = 64;
const callMsMax = 60_000;

/** Makes vectors of what a profile knows, some at a time. Each step is kept, so running twice costs nothing. */
export function createEmbedding(deps: {
  clock: Clock;
  events: Pick<EventRecorder, 'record'>;
  jobs: Pick<JobQueue, 'enqueue'>;
  documents: DocumentStore;
  vectors: VectorStore;
  embedder: Embedder | undefined;
}) {
  const { documents, vectors, embedder } = deps;

  async function settle(profileId: string, status: 'ready' | 'failed', model?: string): Promise<void> {
    await vectors.inTransaction(async (tx) => {
      await vectors.changed(tx, profileId);
      if (model) await vectors.tidy(tx, profileId, model);
      for (const row of await documents.settle(tx, profileId, status, deps.clock.now())) {
        await deps.events.record(tx, knowledgeUpdated, eventOf(row));
      }
    });
  }

  async function batch(organizationId: string, profileId: string, model: string): Promise<boolean> {
    const texts = await vectors.missing(profileId, model, batchMax);
    if (!embedder || texts.length === 0) return false;
    const answer = await embedder.embed(
      organizationId,
      texts.map(({ heading, content }) => embeddedText(heading, content)),
      { deadlineMs: callMsMax, profileId, purpose: 'ingest' },
    );
    if (answer.model !== model)
      throw new Error('The model changed meanwhile; the next attempt uses the new one.');
    const made = texts.map(({ hash }, at) => ({ hash, vector: unit(answer.vectors[at] ?? []) }));
    const whole = made.flatMap(({ hash, vector }) => (vector ? [{ hash, vector: bytesOf(vector) }] : []));
    if (whole.length < texts.length) throw new Error('The model answered less than a vector for each text.');
    await vectors.keep(profileId, model, whole);
    return true;
  }

  return {
    /** The model whose vectors are wanted; undefined when words alone serve. */
    async model(organizationId: string): Promise<string | undefined> {
      return embedder?.embeddingModel(organizationId);
    },

    /** In the transaction that makes it necessary. */
    async enqueue(tx: Tx, organizationId: string, profileId: string): Promise<void> {
      const payload = { organizationId, profileId };
      await deps.jobs.enqueue(tx, embedKnowledge, payload, { whose: organizationId });
    },

    /** @throws Error when the provider fails; what is there stays, and the next attempt goes on. */
    async run(
      { organizationId, profileId }: { organizationId: string; profileId: string },
      signal: AbortSignal,
    ): Promise<void> {
      const model = await embedder?.embeddingModel(organizationId);
      if (!model) return settle(profileId, 'ready');
      try {
        while (await batch(organizationId, profileId, model)) signal.throwIfAborted();
      } catch (error) {
        await settle(profileId, 'failed');
        throw error;
      }
      await settle(profileId, 'ready', model);
    },
  };
}

export type Embedding = ReturnType<typeof createEmbedding>;
