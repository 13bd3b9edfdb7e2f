import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import type { App } from '../../platform/feature.ts';
import { acting, acts, params, reads, tags } from './groups.routes.ts';
import * as wire from './groups.schema.ts';
import type { GroupService } from './groups.service.ts';

const ofInvites = [
  'VALIDATION_ERROR',
  'PROFILE_NOT_FOUND',
  'PROFILE_NOT_CONNECTED',
  'INVITE_NOT_VALID',
  'REFUSED_BY_WHATSAPP',
  'RATE_LIMITED',
  'UNAVAILABLE',
] as const;

/** How people come into groups by themselves. */
export function inviteRoutes(app: App, service: GroupService): void {
  app.get(
    '/groups/:groupId/invite-link',
    {
      config: { access: 'message:send' },
      schema: {
        tags,
        summary: 'Get the link that lets people into a group.',
        description:
          'WhatsApp tells it to admins. Whoever has it comes in, so it needs the permission to act.',
        params,
        querystring: wire.ProfileQuery,
        response: { 200: wire.InviteLink, ...failsWith(...acting) },
      },
    },
    async ({ actor, params: { groupId }, query }) =>
      service.inviteLink(actor, query.profileId, groupId, { anew: false }),
  );

  app.post(
    '/groups/:groupId/invite-link/revoke',
    {
      config: acts,
      schema: {
        tags,
        summary: 'Make a new link; the old one leads nowhere from then on.',
        params,
        querystring: wire.ProfileQuery,
        response: { 201: wire.InviteLink, ...failsWith(...acting) },
      },
    },
    async ({ actor, params: { groupId }, query }, reply) => {
      reply.status(201);
      return service.inviteLink(actor, query.profileId, groupId, { anew: true });
    },
  );

  app.get(
    '/groups/invite/:code',
    {
      config: reads,
      schema: {
        tags,
        summary: 'See which group an invite link leads into, without joining it.',
        description: 'This goes beyond the specification.',
        params: Type.Object({ code: Type.String({ maxLength: 128, examples: ['AbCdEfGhIjKlMnOpQrStUv'] }) }),
        querystring: wire.ProfileQuery,
        response: { 200: wire.InvitePreview, ...failsWith(...ofInvites, 'INVITE_NOT_FOUND') },
      },
    },
    async ({ actor, params: { code }, query }) => service.preview(actor, query.profileId, code),
  );

  app.post(
    '/groups/join',
    {
      config: acts,
      schema: {
        tags,
        summary: 'Join a group by its invite link.',
        description:
          'Where admins have to let people in, the profile waits. This goes beyond the specification.',
        body: wire.JoinBody,
        response: { 201: wire.JoinAnswer, ...failsWith(...ofInvites, 'ALREADY_GROUP_MEMBER', 'GROUP_FULL') },
      },
    },
    async ({ actor, body }, reply) => {
      reply.status(201);
      return service.join(actor, body.profileId, body.invite);
    },
  );

  app.post(
    '/groups/accept',
    {
      config: acts,
      schema: {
        tags,
        summary: 'Accept an invitation that came as a message of the type `group-invite`.',
        description: 'This goes beyond the specification.',
        body: wire.AcceptBody,
        response: {
          201: wire.JoinAnswer,
          ...failsWith(...ofInvites, 'MESSAGE_NOT_FOUND', 'ALREADY_GROUP_MEMBER', 'GROUP_FULL'),
        },
      },
    },
    async ({ actor, body }, reply) => {
      reply.status(201);
      return service.accept(actor, body.profileId, body.messageId);
    },
  );
}
