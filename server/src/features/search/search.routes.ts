import { failsWith } from '../../http/fails-with.ts';
import type { App } from '../../platform/feature.ts';
import type { Find } from './find.ts';
import * as wire from './search.schema.ts';
import type { SearchService } from './search.service.ts';

const tags = ['Search'];
const beyond = 'This goes beyond the specification.';

/** `/messages/search` and `/search`. */
export function searchRoutes(app: App, { find, service }: { find: Find; service: SearchService }): void {
  app.get(
    '/messages/search',
    {
      config: { access: 'message:read' },
      schema: {
        tags,
        summary: 'Find messages by what they say, newest first.',
        description:
          'Texts, captions, names of files, polls with their options, contact cards, places and whatever else has words. A ' +
          `message is found a moment after it came. ${beyond}`,
        querystring: wire.MessageSearchQuery,
        response: {
          200: wire.MessageSearch,
          ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND', 'CONVERSATION_NOT_FOUND'),
        },
      },
    },
    async ({ actor, query }) => find.messages(actor, query),
  );

  app.get(
    '/search',
    {
      config: { access: 'signed-in' },
      schema: {
        tags,
        summary: 'Find messages, conversations, contacts, profiles and broadcasts at once.',
        description: `A few of each, of what the caller may read; what they may not read stays empty. ${beyond}`,
        querystring: wire.SearchQuery,
        response: { 200: wire.SearchAnswer, ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND') },
      },
    },
    async ({ actor, query }) => service.everything(actor, query),
  );
}
