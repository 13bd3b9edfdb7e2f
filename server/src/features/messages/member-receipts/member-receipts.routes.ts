import Type, { type Static } from 'typebox';
import { failsWith } from '../../../http/fails-with.ts';
import { Nullable, Timestamp } from '../../../http/schema.ts';
import type { Actor } from '../../../platform/actor.ts';
import type { App } from '../../../platform/feature.ts';

export const MemberReceipts = Type.Array(
  Type.Object({
    personJid: Type.String({
      description: '`…@lid` while the number is unknown.',
      examples: ['628123456789@c.us'],
    }),
    deliveredAt: Timestamp,
    readAt: Nullable(Timestamp),
    playedAt: Nullable(Timestamp),
  }),
);

/** `GET /messages/:id/receipts`. */
export function memberReceiptRoutes(
  app: App,
  of: (actor: Actor, id: string) => Promise<Static<typeof MemberReceipts>>,
): void {
  app.get(
    '/messages/:id/receipts',
    {
      config: { access: 'message:read' },
      schema: {
        tags: ['Messages'],
        summary: 'Who in a group has a message of ours, and who has read it.',
        description:
          'Empty in direct chats, where the status of the message says it. This goes beyond the specification.',
        params: Type.Object({
          id: Type.String({ maxLength: 128, description: 'Our id or the WhatsApp id of the message.' }),
        }),
        response: { 200: MemberReceipts, ...failsWith('MESSAGE_NOT_FOUND') },
      },
    },
    async ({ actor, params }) => of(actor, params.id),
  );
}
