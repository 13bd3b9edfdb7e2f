import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { catalogueOf } from '../../platform/events/catalogue.ts';
import type { EventDefinition } from '../../platform/events/define.ts';
import type { Feed } from '../../platform/events/feed.ts';
import type { App } from '../../platform/feature.ts';
import { Catalogue, EventPage, EventsQuery } from './events.schema.ts';
import type { EventService } from './events.service.ts';
import type { Streams } from './stream.ts';

const streamExample = 'id: 42\nevent: message.received\ndata: {"id":"0199d6a2-…","sequence":42}\n\n';

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
      if (!isStream) {
        const { events, cursor, hasMore } = await reading.next(reading.after);
        return { events, cursor, hasMore };
      }
      return stream(reading, request, reply, streams, async () =>
        service.open(await request.actorNow(), { ...query, after: '0' }),
      );
    },
  );
  app.get(
    '/events/stream',
    {
      config: { access: 'profile:read', envelope: 'never' },
      schema: {
        tags: ['Events'],
        summary:
          'What happens, as server-sent events, behind Last-Event-ID or a cursor; from now on without.',
        description:
          'The name of each is that of the event, its id is the cursor. It ends after a minute, and clients come back by ' +
          'themselves. `session:ended` says why it ends for good, `error` that a cursor is no longer kept.',
        querystring: EventsQuery,
        response: {
          200: {
            description: 'The stream.',
            content: { 'text/event-stream': { schema: Type.String({ examples: [streamExample] }) } },
          },
          ...failsWith('PROFILE_NOT_FOUND', 'CURSOR_GONE'),
        },
      },
    },
    async (request, reply) => {
      const query = { ...request.query, after: resumeAt(request, request.query.after) };
      const reading = await service.open(request.actor, query);
      return stream(reading, request, reply, streams, async () =>
        service.open(await request.actorNow(), { ...query, after: '0' }),
      );
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
  reading: Feed,
  { method, headers, url }: FastifyRequest,
  reply: FastifyReply,
  streams: Streams,
  again: () => Promise<Feed>,
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
  if (method === 'HEAD') {
    reply.raw.end();
    return reply as never;
  }
  const { authorization, cookie } = headers;
  const caller = JSON.stringify([authorization, headers['x-api-key'], cookie, url]);
  streams.serve(reading, reply.raw, again, caller);
  return reply as never;
}
