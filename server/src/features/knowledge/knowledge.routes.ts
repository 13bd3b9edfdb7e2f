import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { CursorQuery, onePage, sliceOf } from '../../http/list.ts';
import { byId, pathId } from '../../http/path-id.ts';
import { given, Success } from '../../http/schema.ts';
import type { Actor } from '../../platform/actor.ts';
import type { App } from '../../platform/feature.ts';
import { mediaFailures, uploadMsMax } from '../media/index.ts';
import * as wire from './knowledge.schema.ts';
import type { KnowledgeService } from './knowledge.service.ts';
import type { KnowledgeAnswer } from './search/search.ts';

const tags = ['AI'];
const params = Type.Object({ profileId: pathId('PROFILE_NOT_FOUND') });
/** JSON that is ASCII only writes two bytes of a letter as six, and a line break as two. */
const bodyLimit = 4 * wire.textBytesMax + 65_536;

/** `/ai/knowledge`: what profiles know. */
export function knowledgeRoutes(
  app: App,
  service: KnowledgeService,
  { bodyBytesMax }: { bodyBytesMax: number },
  search: (actor: Actor, profileId: string, query: string, limit: number) => Promise<KnowledgeAnswer>,
): void {
  app.post(
    '/ai/knowledge/:profileId/text',
    {
      bodyLimit,
      config: { access: 'knowledge:manage', idempotent: true },
      schema: {
        tags,
        summary: 'Put a text into what a profile knows.',
        description:
          'Needs no AI provider. A document of the same name is replaced at once; the same text again changes nothing and is ' +
          'answered with 200. What a reader would not see (comments of HTML, zero-width and direction characters) is left out.',
        params,
        body: wire.IngestText,
        response: {
          200: wire.KnowledgeDocument,
          201: wire.KnowledgeDocument,
          ...failsWith(
            'VALIDATION_ERROR',
            'PROFILE_NOT_FOUND',
            'KNOWLEDGE_FULL',
            'DOCUMENT_TOO_COSTLY',
            'UNAVAILABLE',
          ),
        },
      },
    },
    async ({ actor, params: { profileId }, body }, reply) => {
      const { document, isNew } = await service.ingestText(actor, profileId, body);
      return reply.status(isNew ? 201 : 200).send(document);
    },
  );
  app.post(
    '/ai/knowledge/:profileId/file',
    {
      bodyLimit: bodyBytesMax,
      config: { access: 'knowledge:manage', idempotent: true, bodyMsMax: uploadMsMax },
      schema: {
        tags,
        summary: 'Put a file into what a profile knows: PDF, DOCX, CSV, Markdown or text.',
        description:
          'An upload by its id, or base64. At most 20 MiB, with at most 2 MiB of text in it; pictures in it are not read. Otherwise ' +
          'as for a text.',
        params,
        body: wire.IngestFile,
        response: {
          200: wire.KnowledgeDocument,
          201: wire.KnowledgeDocument,
          ...failsWith(
            ...(['VALIDATION_ERROR', 'PROFILE_NOT_FOUND', 'KNOWLEDGE_FULL'] as const),
            ...(['DOCUMENT_UNREADABLE', 'DOCUMENT_TOO_COSTLY', 'UNAVAILABLE'] as const),
            ...mediaFailures,
          ),
        },
      },
    },
    async ({ actor, params: { profileId }, body }, reply) => {
      const { document, isNew } = await service.ingestFile(actor, profileId, body);
      return reply.status(isNew ? 201 : 200).send(document);
    },
  );
  app.get(
    '/ai/knowledge/:profileId',
    {
      config: { access: 'knowledge:read' },
      schema: {
        tags,
        summary: 'Documents that a profile knows, the newest first.',
        params,
        querystring: CursorQuery,
        response: {
          200: Type.Array(wire.KnowledgeDocument),
          ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND'),
        },
      },
    },
    async ({ actor, params: { profileId }, query }, reply) => {
      const slice = sliceOf(query);
      const rows = await service.list(actor, profileId, slice);
      return onePage(reply, slice, rows, ({ createdAt }) => createdAt);
    },
  );
  app.delete(
    '/ai/knowledge/:id',
    {
      config: { access: 'knowledge:manage' },
      schema: {
        tags,
        summary: 'Take a document out of what a profile knows.',
        params: byId('KNOWLEDGE_NOT_FOUND'),
        response: { 200: Success, ...failsWith('KNOWLEDGE_NOT_FOUND') },
      },
    },
    async ({ actor, params: { id } }) => service.remove(actor, id),
  );
  app.post(
    '/ai/knowledge/:profileId/search',
    {
      config: { access: 'knowledge:read' },
      schema: {
        tags,
        summary: 'Search what a profile knows, in any script.',
        description:
          'By words always (BM25; typing errors are forgiven), by meaning as well where embeddings are configured. The best ' +
          'first; of neighbouring pieces of a document at most two.',
        params,
        body: wire.SearchKnowledge,
        response: {
          200: Type.Array(wire.KnowledgeHit),
          ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND', 'RATE_LIMITED'),
        },
      },
    },
    async ({ actor, params: { profileId }, body }) => {
      const { chunks, degraded } = await search(actor, profileId, body.query, given(body.maxResults) ?? 5);
      return chunks.map(({ text: content, ...chunk }) => ({ ...chunk, content, degraded }));
    },
  );
}
