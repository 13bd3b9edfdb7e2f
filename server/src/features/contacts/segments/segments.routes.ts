import Type from 'typebox';
import { failsWith } from '../../../http/fails-with.ts';
import { CursorQuery } from '../../../http/list.ts';
import { byId } from '../../../http/path-id.ts';
import { Success } from '../../../http/schema.ts';
import type { App } from '../../../platform/feature.ts';
import * as wire from './segments.schema.ts';
import type { SegmentService } from './segments.service.ts';

const tags = ['Contacts'];
const params = byId('SEGMENT_NOT_FOUND');
const missing = failsWith('SEGMENT_NOT_FOUND');
const reads = { access: 'contact:read' } as const;
const changes = { access: 'contact:update' } as const;

/** `/contacts/segments`: saved filters over contacts. */
export function segmentRoutes(app: App, service: SegmentService): void {
  app.get(
    '/contacts/segments',
    {
      config: reads,
      schema: {
        tags,
        summary: 'List segments, oldest first.',
        querystring: CursorQuery,
        response: { 200: Type.Array(wire.SegmentItem), ...failsWith('VALIDATION_ERROR') },
      },
    },
    async ({ actor, query }, reply) => service.list(actor, query, reply),
  );

  app.post(
    '/contacts/segments',
    {
      config: changes,
      schema: {
        tags,
        summary: 'Save a filter over contacts; whoever matches later is in it as well.',
        body: wire.CreateSegment,
        response: { 201: wire.Segment, ...failsWith('PROFILE_NOT_FOUND', 'PERMISSION_DENIED') },
      },
    },
    async ({ actor, body }, reply) => reply.status(201).send(await service.create(actor, body)),
  );

  app.get(
    '/contacts/segments/:id',
    {
      config: reads,
      schema: {
        tags,
        summary: 'Get a segment, with how many contacts match now.',
        params,
        response: { 200: wire.Segment, ...missing },
      },
    },
    async ({ actor, params: { id } }) => service.get(actor, id),
  );

  app.put(
    '/contacts/segments/:id',
    {
      config: changes,
      schema: {
        tags,
        summary: 'Change a segment; the filter is replaced as a whole.',
        params,
        body: wire.UpdateSegment,
        response: { 200: wire.Segment, ...missing },
      },
    },
    async ({ actor, params: { id }, body }) => service.update(actor, id, body),
  );

  app.delete(
    '/contacts/segments/:id',
    {
      config: changes,
      schema: {
        tags,
        summary: 'Delete a segment; the contacts stay.',
        params,
        response: { 200: Success, ...missing },
      },
    },
    async ({ actor, params: { id } }) => service.remove(actor, id),
  );
}
