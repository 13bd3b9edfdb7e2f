import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { byId } from '../../http/path-id.ts';
import { given, Success } from '../../http/schema.ts';
import { Failure } from '../../platform/failures.ts';
import type { App } from '../../platform/feature.ts';
import * as wire from './contacts.schema.ts';
import type { ContactService } from './contacts.service.ts';
import { readTags, readTagsOfQuery } from './tags.ts';

const tags = ['Contacts'];
const params = byId('CONTACT_NOT_FOUND');
const missing = failsWith('CONTACT_NOT_FOUND');

/** `/contacts`: the people of the organisation's profiles. */
export function contactRoutes(app: App, service: ContactService): void {
  app.get(
    '/contacts',
    {
      config: { access: 'contact:read' },
      schema: {
        tags,
        summary: 'List contacts, the one changed last first.',
        querystring: wire.ContactsQuery,
        response: {
          200: wire.ContactPage,
          ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND', 'SEGMENT_NOT_FOUND'),
        },
      },
    },
    async ({ actor, query }) => {
      const { profileId, search, segmentId, ...part } = query;
      const tags = readTagsOfQuery(query.tags);
      const filter = { profileId: given(profileId), search, tags, segmentId: given(segmentId) };
      return service.list(actor, filter, part);
    },
  );

  app.post(
    '/contacts',
    {
      config: { access: 'contact:create', idempotent: 'in-transaction' },
      schema: {
        tags,
        summary: 'Add a contact, or add to one that is there.',
        description:
          'Whoever is a contact already, under this number or another form of it, gets the name and the tags and metadata ' +
          'besides their own.',
        body: wire.CreateContact,
        response: { 201: wire.Contact, ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND') },
      },
    },
    async (request, reply) =>
      reply.status(201).send(await service.create(request.actor, request.body, request.idempotency)),
  );

  app.get(
    '/contacts/tags',
    {
      config: { access: 'contact:read' },
      schema: {
        tags,
        summary: 'List the tags of contacts with how many have each, the most frequent first.',
        querystring: wire.OfProfileQuery,
        response: { 200: Type.Array(wire.TagCount), ...failsWith('PROFILE_NOT_FOUND') },
      },
    },
    async ({ actor, query }) => service.tags(actor, query.profileId),
  );

  app.get(
    '/contacts/:id',
    {
      config: { access: 'contact:read' },
      schema: { tags, summary: 'Get a contact.', params, response: { 200: wire.Contact, ...missing } },
    },
    async ({ actor, params: { id } }) => service.get(actor, id),
  );

  app.put('/contacts/:id', updateRoute(tags), async ({ actor, params: { id }, body }) =>
    service.update(actor, id, body),
  );

  app.delete(
    '/contacts/:id',
    {
      config: { access: 'contact:delete' },
      schema: {
        tags,
        summary: 'Delete a contact; the conversation stays, under the number.',
        description:
          'With `everything=true` the conversation and its messages go as well, which needs `message:delete`.',
        params,
        querystring: wire.RemoveQuery,
        response: { 200: Success, ...failsWith('CONTACT_NOT_FOUND', 'PERMISSION_DENIED') },
      },
    },
    async ({ actor, params: { id }, query }) => service.remove(actor, id, query.everything ?? false),
  );

  app.post(
    '/contacts/:id/merge',
    {
      config: { access: 'contact:update' },
      schema: {
        tags,
        summary: 'Make two contacts of one person one.',
        description:
          'For a person who was met under a number and under a linked identity, or whose number has two forms. The contact with ' +
          'the number stays, with everything of both; where both have a value, that of the contact in the path holds. Their ' +
          'conversations become one. `contact.merged` tells it. This goes beyond the specification.',
        params,
        body: wire.MergeContact,
        response: {
          200: wire.Contact,
          ...failsWith('VALIDATION_ERROR', 'CONTACT_NOT_FOUND', 'CONTACTS_DIFFER'),
        },
      },
    },
    async ({ actor, params: { id }, body }) => service.merge(actor, id, body.contactId),
  );

  app.post(
    '/contacts/:id/tags',
    {
      config: { access: 'contact:update' },
      schema: {
        tags,
        summary: 'Add tags to a contact.',
        params,
        querystring: wire.TagsByQuery,
        body: wire.TagsBody,
        response: { 201: wire.Contact, ...failsWith('VALIDATION_ERROR', 'CONTACT_NOT_FOUND') },
      },
    },
    async ({ actor, params: { id }, query, body }, reply) =>
      reply.status(201).send(await service.addTags(actor, id, tagsIn(query.tags, body.tags))),
  );

  app.delete(
    '/contacts/:id/tags',
    {
      config: { access: 'contact:update' },
      schema: {
        tags,
        summary: 'Take tags off a contact; the body or the query names them.',
        params,
        querystring: wire.TagsByQuery,
        body: wire.TagsBody,
        response: { 200: wire.Contact, ...failsWith('VALIDATION_ERROR', 'CONTACT_NOT_FOUND') },
      },
    },
    async ({ actor, params: { id }, query, body }) =>
      service.removeTags(actor, id, tagsIn(query.tags, body.tags)),
  );
}

/** Shared by PUT and the older PATCH. */
export function updateRoute(tags: string[]) {
  return {
    config: { access: 'contact:update' as const },
    schema: {
      tags,
      summary: 'Change a contact: what is absent stays, tags and metadata are replaced as a whole.',
      params,
      body: wire.UpdateContact,
      response: {
        200: wire.Contact,
        ...failsWith('VALIDATION_ERROR', 'CONTACT_NOT_FOUND', 'CONTACT_PHONE_TAKEN'),
      },
    },
  };
}

/** @throws Failure VALIDATION_ERROR when neither names any. */
function tagsIn(query: string[] | string | undefined, body: string[] | string | null | undefined): string[] {
  const all = [...readTagsOfQuery(query), ...readTags(body)];
  if (all.length > 0) return all;
  throw new Failure('VALIDATION_ERROR', {
    details: [{ path: '/tags', problem: 'must name at least one tag' }],
  });
}
