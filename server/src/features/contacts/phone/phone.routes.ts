import Type from 'typebox';
import { failsWith } from '../../../http/fails-with.ts';
import { byId, pathId } from '../../../http/path-id.ts';
import { Absentable, Success } from '../../../http/schema.ts';
import { Failure } from '../../../platform/failures.ts';
import type { App } from '../../../platform/feature.ts';
import { BlockContact, Contact } from '../contacts.schema.ts';
import type { Looks } from '../looks/looks.ts';
import type { AddressBook } from './address-book.ts';
import type { createBlocks } from './blocks.ts';

const tags = ['Contacts'];
const ofProfile = Type.Object({ profileId: pathId('PROFILE_NOT_FOUND') });
const Id = Type.Optional(Type.String({ maxLength: 64 }));
const Name = Absentable(Type.String({ maxLength: 120 }));
const failures = failsWith(
  'VALIDATION_ERROR',
  'PROFILE_NOT_FOUND',
  'PROFILE_NOT_CONNECTED',
  'REFUSED_BY_WHATSAPP',
  'RATE_LIMITED',
  'UNAVAILABLE',
);

const SyncResult = Type.Object(
  {
    success: Type.Boolean(),
    message: Type.String(),
    synced: Type.Integer(),
    created: Type.Integer(),
    updated: Type.Integer({ description: 'Those that were contacts already.' }),
    errors: Type.Array(Type.String()),
  },
  { title: 'ContactSync' },
);

const SaveToPhone = Type.Object(
  {
    phone: Type.String({ minLength: 1, maxLength: 200 }),
    firstName: Name,
    lastName: Name,
    syncToPhone: Absentable(Type.Boolean({ description: 'False: in the address book of WhatsApp only.' })),
  },
  { title: 'SaveToPhone', examples: [{ phone: '+62 812-3456-789', firstName: 'Ani' }] },
);

/** What is done at WhatsApp about a contact. */
export function phoneRoutes(
  app: App,
  { blocks, book, looks }: { blocks: ReturnType<typeof createBlocks>; book: AddressBook; looks: Looks },
): void {
  app.put(
    '/contacts/:id/block',
    {
      config: { access: 'contact:update' },
      schema: {
        tags,
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

  app.post(
    '/contacts/:id/refresh',
    {
      config: { access: 'contact:read' },
      schema: {
        tags,
        summary: 'Ask WhatsApp for the picture and the about of a contact.',
        description:
          'Both are kept, and asked for anew by themselves when somebody gets the contact and they are a day old, or when ' +
          'WhatsApp says that they have changed. What was seen within ten seconds is not asked for again, and a profile asks ' +
          'for twenty people in a minute at most. This goes beyond the specification.',
        params: byId('CONTACT_NOT_FOUND'),
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
    async ({ actor, params: { id } }) => looks.refresh(actor, id),
  );

  app.post(
    '/contacts/sync/whatsapp',
    {
      config: { access: 'contact:import' },
      schema: {
        tags,
        summary: 'Make contacts of the address book of the phone.',
        description:
          'Who is new has the name of the address book and the tag `whatsapp-sync`; who is a contact already keeps the name.',
        querystring: Type.Object({ profileId: Id }),
        body: Type.Object({ profileId: Id }, { title: 'SyncContacts', examples: [{}] }),
        response: { 201: SyncResult, ...failures },
      },
    },
    async ({ actor, query, body }, reply) => {
      const profileId = query.profileId || body.profileId;
      if (!profileId) {
        const details = [{ path: '/profileId', problem: 'is required' }];
        throw new Failure('VALIDATION_ERROR', { details });
      }
      return reply.status(201).send(await book.sync(actor, profileId));
    },
  );

  app.post(
    '/contacts/profile/:profileId/save-to-whatsapp',
    {
      config: { access: 'contact:update' },
      schema: {
        tags,
        summary: 'Save somebody in the address book of the phone, and as a contact here.',
        params: ofProfile,
        body: SaveToPhone,
        response: { 201: Success, ...failures },
      },
    },
    async ({ actor, params, body }, reply) =>
      reply.status(201).send(await book.save(actor, params.profileId, body)),
  );

  app.delete(
    '/contacts/profile/:profileId/whatsapp/:phone',
    {
      config: { access: 'contact:update' },
      schema: {
        tags,
        summary: 'Take somebody out of the address book of the phone; the contact here stays.',
        params: Type.Object({ ...ofProfile.properties, phone: Type.String({ maxLength: 200 }) }),
        response: { 200: Success, ...failures },
      },
    },
    async ({ actor, params }) => book.remove(actor, params.profileId, params.phone),
  );
}
