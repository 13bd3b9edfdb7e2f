import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { cursorBesideOffset, limitOf, nextCursorHeader, pageSizeMax } from '../../http/list.ts';
import type { App } from '../../platform/feature.ts';
import { updateRoute } from './contacts.routes.ts';
import { Contact, ContactsQuery } from './contacts.schema.ts';
import type { ContactService } from './contacts.service.ts';
import { readTagsOfQuery } from './tags.ts';

const tags = ['Compatibility'];
const { search, tags: tagsQuery, offset } = ContactsQuery.properties;

/** Addresses that shipped clients call beside the main ones. */
export function compatibilityRoutes(app: App, service: ContactService): void {
  app.patch('/contacts/:id', updateRoute(tags), async ({ actor, params: { id }, body }) =>
    service.update(actor, id, body),
  );
  app.get(
    '/contacts/profile/:profileId',
    {
      config: { access: 'contact:read' },
      schema: {
        tags,
        summary: 'Contacts of a profile.',
        params: Type.Object({ profileId: Type.String() }),
        querystring: Type.Object({
          ...{ search, tags: tagsQuery, offset, limit: limitOf(pageSizeMax) },
          cursor: cursorBesideOffset('`X-Next-Cursor` and `meta.nextCursor`'),
        }),
        response: { 200: Type.Array(Contact), ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND') },
      },
    },
    async ({ actor, params: { profileId }, query }, reply) => {
      const filter = { profileId, search: query.search, tags: readTagsOfQuery(query.tags) };
      const { contacts, cursor } = await service.list(actor, filter, query);
      if (cursor) reply.header(nextCursorHeader, cursor);
      return contacts;
    },
  );
}
