import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { onePage, sliceOf } from '../../http/list.ts';
import { pathId } from '../../http/path-id.ts';
import { Success } from '../../http/schema.ts';
import type { App } from '../../platform/feature.ts';
import * as wire from './groups.schema.ts';
import type { GroupService } from './groups.service.ts';

export const tags = ['Groups'];
export const reads = { access: 'message:read' } as const;
export const acts = { access: 'message:send', idempotent: true } as const;
export const params = Type.Object({
  groupId: Type.String({
    maxLength: 128,
    description: 'The id of the group with `@g.us`; the `@` may be written `%40`.',
    examples: ['120363000000000001@g.us'],
  }),
});

/** Of whatever reads one group. */
export const looking = [
  'VALIDATION_ERROR',
  'PROFILE_NOT_FOUND',
  'GROUP_NOT_FOUND',
  'NOT_AN_ORDINARY_GROUP',
] as const;
/** Of whatever asks WhatsApp to do something. */
export const acting = [
  ...looking,
  'NOT_GROUP_MEMBER',
  'NOT_GROUP_ADMIN',
  'PROFILE_NOT_CONNECTED',
  'REFUSED_BY_WHATSAPP',
  'RATE_LIMITED',
  'UNAVAILABLE',
] as const;

/** `/groups`: the groups themselves. */
export function groupRoutes(app: App, service: GroupService): void {
  app.get(
    '/groups/profile/:profileId',
    {
      config: reads,
      schema: {
        tags,
        summary: 'List the groups of a profile, the newest first.',
        description:
          'Answered at once from what is known here, also while the profile is not connected: `fetchedAt` says when ' +
          'WhatsApp last told all of a group.',
        params: Type.Object({ profileId: pathId('PROFILE_NOT_FOUND') }),
        querystring: wire.GroupsQuery,
        response: { 200: Type.Array(wire.Group), ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND') },
      },
    },
    async ({ actor, params: { profileId }, query }, reply) => {
      const slice = sliceOf({ ...query, limit: query.limit ?? wire.groupsPage });
      const filter = { search: query.search || undefined, left: query.left === true };
      const rows = await service.list(actor, profileId, filter, slice);
      return onePage(reply, slice, rows, ({ listed_at }) => listed_at.toISOString()).map(service.present);
    },
  );

  app.get(
    '/groups/:groupId',
    {
      config: reads,
      schema: {
        tags,
        summary: 'Get a group with its participants.',
        description: 'Known here, or else asked of WhatsApp; `refresh` asks anew.',
        params,
        querystring: wire.GetQuery,
        response: {
          200: wire.GroupWithParticipants,
          ...failsWith(...looking, 'PROFILE_NOT_CONNECTED', 'RATE_LIMITED', 'UNAVAILABLE'),
        },
      },
    },
    async ({ actor, params: { groupId }, query }) =>
      service.get(actor, { profileId: query.profileId, groupId, refresh: query.refresh === true }),
  );

  app.post(
    '/groups',
    {
      config: acts,
      schema: {
        tags,
        summary: 'Create a group.',
        description:
          'Each participant has a result. Whoever allows only some people to add them is offered an invitation instead.',
        body: wire.CreateGroupBody,
        response: {
          201: wire.CreatedGroup,
          ...failsWith(
            'VALIDATION_ERROR',
            'PROFILE_NOT_FOUND',
            'GROUP_NOT_FOUND',
            'PROFILE_NOT_CONNECTED',
            'REFUSED_BY_WHATSAPP',
            'RATE_LIMITED',
            'UNAVAILABLE',
          ),
        },
      },
    },
    async ({ actor, body }, reply) => {
      reply.status(201);
      return service.create(actor, body);
    },
  );

  app.patch(
    '/groups/:groupId',
    {
      config: { access: 'message:send' },
      schema: {
        tags,
        summary: 'Change what a group is called, or says about itself.',
        params,
        body: wire.UpdateGroupBody,
        response: { 200: Success, ...failsWith(...acting) },
      },
    },
    async ({ actor, params: { groupId }, body: { profileId, name, description } }) =>
      service.set(actor, profileId, groupId, {
        ...(name && { subject: name }),
        ...(description !== undefined && { description: description || null }),
      }),
  );

  app.put(
    '/groups/:groupId/settings',
    {
      config: { access: 'message:send' },
      schema: {
        tags,
        summary: 'Change what the members of a group may do.',
        description: 'What is left out stays. This goes beyond the specification.',
        params,
        body: wire.SettingsBody,
        response: { 200: Success, ...failsWith(...acting) },
      },
    },
    async ({ actor, params: { groupId }, body }) => {
      const { profileId, announcement, locked, memberAddMode, joinApproval, expirationSeconds } = body;
      return service.set(actor, profileId, groupId, {
        ...(announcement !== undefined && { onlyAdminsWrite: announcement }),
        ...(locked !== undefined && { onlyAdminsEdit: locked }),
        ...(memberAddMode !== undefined && { everybodyAdds: memberAddMode === 'all' }),
        ...(joinApproval !== undefined && { adminsApprove: joinApproval }),
        ...(expirationSeconds !== undefined && { expirationSeconds: expirationSeconds ?? 0 }),
      });
    },
  );

  app.post(
    '/groups/:groupId/leave',
    {
      config: acts,
      schema: {
        tags,
        summary: 'Leave a group.',
        params,
        querystring: wire.ProfileQuery,
        response: { 201: Success, ...failsWith(...acting) },
      },
    },
    async ({ actor, params: { groupId }, query }, reply) => {
      reply.status(201);
      return service.leave(actor, query.profileId, groupId);
    },
  );
}
