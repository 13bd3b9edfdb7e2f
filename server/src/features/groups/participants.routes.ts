import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { page } from '../../http/list.ts';
import type { App } from '../../platform/feature.ts';
import { acting, acts, looking, params, reads, tags } from './groups.routes.ts';
import * as wire from './groups.schema.ts';
import type { GroupService } from './groups.service.ts';

const perPerson = 'Each participant has a result of its own, whatever becomes of the others.';

/** `/groups/:groupId/participants` and who wants to be one. */
export function participantRoutes(app: App, service: GroupService): void {
  app.get(
    '/groups/:groupId/participants',
    {
      config: reads,
      schema: {
        tags,
        summary: 'List the participants of a group, its admins first, with the names that are known here.',
        description: 'This goes beyond the specification.',
        params,
        querystring: wire.ParticipantsQuery,
        response: {
          200: Type.Array(wire.Participant),
          ...failsWith(...looking, 'PROFILE_NOT_CONNECTED', 'RATE_LIMITED', 'UNAVAILABLE'),
        },
      },
    },
    async ({ actor, params: { groupId }, query }) => {
      const { profileId, role } = query;
      return service.participants(actor, { profileId, groupId, role }, page(query));
    },
  );

  const change = { config: acts, params, body: wire.ParticipantsBody };
  const schemaOf = <Answer>(summary: string, answer: Answer) => ({
    ...{ tags, summary, description: perPerson, params, body: change.body },
    response: { 201: answer, ...failsWith(...acting) },
  });

  app.post(
    '/groups/:groupId/participants/add',
    { config: acts, schema: { ...schemaOf('Add people to a group.', wire.Added), body: wire.AddBody } },
    async ({ actor, params: { groupId }, body }, reply) => {
      reply.status(201);
      const { done: added, ...more } = await service.members(actor, groupId, 'add', body);
      return { ...more, added };
    },
  );
  app.post(
    '/groups/:groupId/participants/remove',
    { config: acts, schema: schemaOf('Remove people from a group.', wire.Removed) },
    async ({ actor, params: { groupId }, body }, reply) => {
      reply.status(201);
      const { done: removed, ...more } = await service.members(actor, groupId, 'remove', body);
      return { ...more, removed };
    },
  );
  app.post(
    '/groups/:groupId/participants/promote',
    { config: acts, schema: schemaOf('Make people admins of a group.', wire.Changed) },
    async ({ actor, params: { groupId }, body }, reply) => {
      reply.status(201);
      const { done: _, ...more } = await service.members(actor, groupId, 'promote', body);
      return more;
    },
  );
  app.post(
    '/groups/:groupId/participants/demote',
    { config: acts, schema: schemaOf('Take the admin’s rights of people in a group away.', wire.Changed) },
    async ({ actor, params: { groupId }, body }, reply) => {
      reply.status(201);
      const { done: _, ...more } = await service.members(actor, groupId, 'demote', body);
      return more;
    },
  );

  app.get(
    '/groups/:groupId/requests',
    {
      config: reads,
      schema: {
        tags,
        summary: 'List who wants to be let into a group.',
        description: 'Asked of WhatsApp, which tells it to admins. This goes beyond the specification.',
        params,
        querystring: wire.ProfileQuery,
        response: { 200: Type.Array(wire.JoinRequest), ...failsWith(...acting) },
      },
    },
    async ({ actor, params: { groupId }, query }) => service.requests(actor, query.profileId, groupId),
  );
  for (const [action, summary] of [
    ['approve', 'Let people into a group who want to be in it.'],
    ['reject', 'Turn people away who want to be in a group.'],
  ] as const) {
    app.post(
      `/groups/:groupId/requests/${action}`,
      { config: acts, schema: schemaOf(summary, wire.Changed) },
      async ({ actor, params: { groupId }, body }, reply) => {
        reply.status(201);
        return service.decide(actor, groupId, action, body);
      },
    );
  }
}
