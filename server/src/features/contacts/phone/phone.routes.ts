import { failsWith } from '../../../http/fails-with.ts';
import { byId } from '../../../http/path-id.ts';
import type { App } from '../../../platform/feature.ts';
import { BlockContact, Contact } from '../contacts.schema.ts';
import type { createBlocks } from './blocks.ts';

/** What is done at WhatsApp about a contact. */
export function phoneRoutes(app: App, { blocks }: { blocks: ReturnType<typeof createBlocks> }): void {
  app.put(
    '/contacts/:id/block',
    {
      config: { access: 'contact:update' },
      schema: {
        tags: ['Contacts'],
        summary: 'Block somebody at WhatsApp, or unblock them.',
        description:
          'For the phone and all its devices: nothing of theirs arrives, and they see nothing of the profile.',
        params: byId('CONTACT_NOT_FOUND'),
        body: BlockContact,
        response: {
          200: Contact,
          ...failsWith(
            'CONTACT_NOT_FOUND',
            'PROFILE_NOT_CONNECTED',
            'REFUSED_BY_WHATSAPP',
            'RATE_LIMITED',
            'UNAVAILABLE',
          ),
        },
      },
    },
    async ({ actor, params: { id }, body }) => blocks.set(actor, id, body.blocked ?? true),
  );
}
