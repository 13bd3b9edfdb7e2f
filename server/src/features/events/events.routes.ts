import type { FastifyReply, FastifyRequest } from 'fastify';
import { failsWith } from '../../http/fails-with.ts';
import { catalogueOf } from '../../platform/events/catalogue.ts';
import type { EventDefinition } from '../../platform/events/define.ts';
import type { App } from '../../platform/feature.ts';
import { Catalogue, EventPage, EventsQuery } from './events.schema.ts';
import type { EventService, Reading } from './events.service.ts';
import type { Streams } from './stream.ts';

export function eventRoutes(
  app: App,
  { service, streams }: { service: EventService; streams: Streams },
): void {
  app.get(
    '/events',
    {
      config: { access: 'profile:read' },
      schema: {
        tags: ['Events'],
        summary: 'What happened, in order, from a cursor on; as a stream with Accept: text/event-stream.',
        querystring: EventsQuery,
        response: { 200: EventPage, ...failsWith('PROFILE_NOT_FOUND', 'CURSOR_GONE') },
      },
    },
    async (request, reply) => {
      const isStream = request.headers.accept?.includes('text/event-stream') === true;
      const from = isStream ? resumeAt(request, request.query.after) : request.query.after;
      const query = { ...request.query, ...(from && { after: from }) };
      const reading = await service.open(request.actor, query);
      if (!isStream) return reading.next(reading.after);
      return stream(reading, reply, streams, async () => service.open(await request.actorNow(), query));
    },
  );
}

/** What there is to hear of; the same as `docs/events.md`. */
export function catalogueRoutes(app: App, catalogue: () => readonly EventDefinition[]): void {
  app.get(
    '/events/catalogue',
    {
      config: { access: 'signed-in' },
      schema: {
        tags: ['Events'],
        summary: 'Every event there is, with its schema and an example.',
        response: { 200: Catalogue },
      },
    },
    async () => ({ events: catalogueOf(catalogue()) }),
  );
}

/** A stream goes on behind the last event its client had; a new one begins now unless told otherwise. */
function resumeAt({ headers }: FastifyRequest, after: string | undefined): string {
  const last = headers['last-event-id'];
  return typeof last === 'string' && /^\d{1,15}$/.test(last) ? last : (after ?? 'now');
}

async function stream(
  reading: Reading,
  reply: FastifyReply,
  streams: Streams,
  again: () => Promise<Reading>,
): Promise<never> {
  // A cursor that is gone is refused as such, which is only possible before the first byte.
  await reading.next(reading.after);
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) reply.raw.setHeader(name, value);
  }
  reply.hijack();
  reply.raw.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  streams.serve(reading, reply.raw, again);
  return reply as never;
}
