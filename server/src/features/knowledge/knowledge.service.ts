import { given } from '../../http/schema.ts';
import type { Actor } from '../../platform/actor.ts';
import type { AuditLog } from '../../platform/audit/record.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db, Tx } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { Failure } from '../../platform/failures.ts';
import { newId } from '../../platform/ids.ts';
import { profileOf } from '../../platform/known-profiles.store.ts';
import type { Slice } from '../../platform/slice.ts';
import type { DocumentRow, DocumentStore } from './documents.store.ts';
import { kindOf } from './files/kind.ts';
import type { OpenFile } from './files/open-file.ts';
import { eventOf, knowledgeCreated, knowledgeDeleted, knowledgeUpdated } from './knowledge.events.ts';
import { presentDocument } from './knowledge.present.ts';
import { type IngestFileBody, type IngestTextBody, nameMax, textBytesMax } from './knowledge.schema.ts';
import type { PreparedDocument } from './text/prepare.ts';
import type { PrepareTask } from './threads/prepare-task.ts';
import type { Embedding } from './vectors/embed.ts';
import type { VectorStore } from './vectors/vectors.store.ts';

const documentsMax = 5_000;
const chunksMax = 200_000;

/** What is to be known: a text as it was sent, or that of a file. */
interface NewDocument {
  name: string;
  type: string;
  prepared: PreparedDocument;
}

export function createKnowledgeService(deps: {
  db: Db;
  clock: Clock;
  audit: AuditLog;
  events: Pick<EventRecorder, 'record'>;
  store: DocumentStore;
  vectors: Pick<VectorStore, 'drop'>;
  embedding: Pick<Embedding, 'model' | 'enqueue'>;
  /** @throws Failure DOCUMENT_UNREADABLE, DOCUMENT_TOO_COSTLY, UNAVAILABLE */
  prepare(task: PrepareTask): Promise<PreparedDocument>;
  openFile: OpenFile;
}) {
  const { db, clock, store } = deps;

  function record(tx: Tx, actor: Actor, action: 'create' | 'update' | 'delete', row: DocumentRow) {
    const { name, type, size, chunk_count: chunkCount, profile_id: profileId } = row;
    return deps.audit.record(tx, actor, {
      action: `knowledge.${action}`,
      resource: { type: 'knowledge', id: row.id },
      details: { name, type, size, chunkCount, profileId },
    });
  }

  /**
   * Keeps a document, its chunks and their words in one transaction. One of the same name is replaced, keeping its id; the
   * same text under the same name changes nothing.
   */
  async function keep(actor: Actor, profileId: string, { name, type, prepared }: NewDocument) {
    const { chunks, size, hash } = prepared;
    if (chunks.length === 0) {
      throw new Failure('VALIDATION_ERROR', { details: [{ path: '/content', problem: 'has no text' }] });
    }
    const now = clock.now();
    const status = (await deps.embedding.model(actor.organizationId)) ? 'embedding' : 'ready';
    const facts = { type, size, content_hash: hash, chunk_count: chunks.length, status };
    return store.inTransaction(async (tx) => {
      const stock = await store.lock(tx, actor.organizationId, profileId);
      if (!stock) throw new Failure('PROFILE_NOT_FOUND');
      const before = await store.named(tx, profileId, name);
      if (before?.content_hash === hash && before.type === type) {
        return { document: presentDocument(before), isNew: false };
      }
      const room = { documents: documentsMax - stock.documents, chunks: chunksMax - stock.chunks };
      if (before) Object.assign(room, { documents: 1, chunks: room.chunks + before.chunk_count });
      if (room.documents < 1 || room.chunks < chunks.length) throw new Failure('KNOWLEDGE_FULL');
      const gone = before ? await store.removeChunks(tx, before) : [];
      const row = before
        ? await store.update(tx, before.id, { ...facts, updated_at: now })
        : await store.insert(tx, {
            ...{ id: newId(), organization_id: actor.organizationId, profile_id: profileId, name },
            ...{ ...facts, created_at: now, updated_at: now },
          });
      await store.addChunks(tx, row, chunks);
      if (before) await deps.vectors.drop(tx, profileId, gone);
      if (status === 'embedding') await deps.embedding.enqueue(tx, actor.organizationId, profileId);
      await deps.events.record(tx, before ? knowledgeUpdated : knowledgeCreated, eventOf(row));
      await record(tx, actor, before ? 'update' : 'create', row);
      return { document: presentDocument(row), isNew: true };
    });
  }

  return {
    /** @throws Failure PROFILE_NOT_FOUND */
    async list(actor: Actor, profileId: string, slice: Slice) {
      await profileOf(db, actor, profileId);
      return (await store.list(actor, profileId, slice)).map(presentDocument);
    },

    /**
     * Takes a text in. `isNew` is false when it was there already.
     * @throws Failure PROFILE_NOT_FOUND, VALIDATION_ERROR, KNOWLEDGE_FULL
     */
    async ingestText(actor: Actor, profileId: string, { name, content }: IngestTextBody) {
      await profileOf(db, actor, profileId);
      if (Buffer.byteLength(content) > textBytesMax) {
        const problem = `must not be longer than ${textBytesMax} bytes`;
        throw new Failure('VALIDATION_ERROR', { details: [{ path: '/content', problem }] });
      }
      const prepared = await deps.prepare({ name: name.trim(), text: content });
      return keep(actor, profileId, { name: name.trim(), type: 'txt', prepared });
    },

    /**
     * Takes the text of a file in. `isNew` is false when it was there already.
     * @throws Failure PROFILE_NOT_FOUND, VALIDATION_ERROR, KNOWLEDGE_FULL, DOCUMENT_UNREADABLE, and those of media
     */
    async ingestFile(actor: Actor, profileId: string, body: IngestFileBody) {
      await profileOf(db, actor, profileId);
      const { bytes, filename } = await deps.openFile(actor, body);
      const kind = kindOf(bytes, filename);
      if (!kind) throw new Failure('DOCUMENT_UNREADABLE');
      const name = (given(body.name)?.trim() || filename.trim() || 'File').slice(0, nameMax).toWellFormed();
      const prepared = await deps.prepare({ name, kind, bytes });
      return keep(actor, profileId, { name, type: kind, prepared });
    },

    /** @throws Failure KNOWLEDGE_NOT_FOUND */
    async remove(actor: Actor, id: string): Promise<{ success: true }> {
      await store.inTransaction(async (tx) => {
        const seen = await store.find(actor, id, tx);
        if (seen) await store.lock(tx, actor.organizationId, seen.profile_id);
        // As it is now that nobody else changes it.
        const row = seen && (await store.find(actor, id, tx));
        if (!row) throw new Failure('KNOWLEDGE_NOT_FOUND');
        const gone = await store.removeChunks(tx, row);
        await store.remove(tx, id);
        await deps.vectors.drop(tx, row.profile_id, gone);
        await deps.events.record(tx, knowledgeDeleted, eventOf(row));
        await record(tx, actor, 'delete', row);
      });
      return { success: true };
    },
  };
}

export type KnowledgeService = ReturnType<typeof createKnowledgeService>;
