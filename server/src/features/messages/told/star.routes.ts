import Type from 'typebox';
import { failsWith } from '../../../http/fails-with.ts';
import { Success } from '../../../http/schema.ts';
import type { App } from '../../../platform/feature.ts';
import { messageId } from '../deeds/deeds.schema.ts';
import type { StarMessage } from './star.ts';

const Starred = Type.Object(
  {
    ...Success.properties,
    messageId: Type.String({ examples: ['0199d6a2-9c1e-7d10-8f2a-1c5b7e9a4d02'] }),
    waMessageId: Type.String({ examples: ['3EB0C431C26A1916E07A'] }),
    starred: Type.Boolean(),
  },
  { title: 'MessageStarred' },
);

/** `/messages/:id/star` */
export function starRoutes(app: App, star: StarMessage): void {
  for (const [method, starred] of [
    ['put', true],
    ['delete', false],
  ] as const) {
    app[method](
      '/messages/:id/star',
      {
        config: { access: 'message:send' },
        schema: {
          tags: ['Messages'],
          summary: starred ? 'Star a message, for your own account.' : 'Take the star off a message.',
          description:
            'Holds here at once, and on the phone as soon as the profile is connected; the other side is not told. This goes ' +
            'beyond the specification.',
          params: Type.Object({ id: messageId }),
          response: {
            200: Starred,
            ...failsWith('INVALID_RECIPIENT', 'MESSAGE_NOT_FOUND', 'MESSAGE_REVOKED', 'MESSAGE_NOT_SENT'),
          },
        },
      },
      async ({ actor, params: { id } }) => star(actor, id, starred),
    );
  }
}
