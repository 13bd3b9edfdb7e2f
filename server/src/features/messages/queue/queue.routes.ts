import Type, { type Static } from 'typebox';
import { failsWith } from '../../../http/fails-with.ts';
import { cursorOf, limitOf, page } from '../../../http/list.ts';
import { pathId } from '../../../http/path-id.ts';
import { Nullable } from '../../../http/schema.ts';
import type { Actor } from '../../../platform/actor.ts';
import type { App } from '../../../platform/feature.ts';
import { Message } from '../messages.schema.ts';

const Queue = Type.Object(
  {
    messages: Type.Array(Message, { description: 'Each says in `waitingFor` why it waits.' }),
    total: Type.Integer({ description: 'How many wait in all.' }),
    cursor: Nullable(Type.String({ description: 'Where the next page begins; null on the last one.' })),
  },
  { title: 'MessageQueue' },
);
export type QueueBody = Static<typeof Queue>;

/** What waits to be sent. */
export function queueRoutes(
  app: App,
  list: (
    actor: Actor,
    profileId: string,
    query: { limit: number; cursor?: string | undefined },
  ) => Promise<QueueBody>,
): void {
  app.get(
    '/messages/profile/:profileId/queue',
    {
      config: { access: 'message:read' },
      schema: {
        tags: ['Messages'],
        summary: 'List what waits to be sent, in the order in which it goes.',
        description:
          'Those that are for later come last. `PUT /profiles/:id` with `sendingPaused` stops and starts the queue. This goes beyond ' +
          'the specification.',
        params: Type.Object({ profileId: pathId('PROFILE_NOT_FOUND') }),
        querystring: Type.Object({ limit: limitOf(), cursor: cursorOf('`cursor`') }),
        response: { 200: Queue, ...failsWith('PROFILE_NOT_FOUND') },
      },
    },
    async ({ actor, params, query }) => list(actor, params.profileId, { ...query, limit: page(query).limit }),
  );
}
