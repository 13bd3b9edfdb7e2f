import Type from 'typebox';
import { failsWith } from '../../../http/fails-with.ts';
import { CursorQuery, limitOf, onePage, pageSizeMax, sliceOf } from '../../../http/list.ts';
import { byId } from '../../../http/path-id.ts';
import { Success } from '../../../http/schema.ts';
import type { App } from '../../../platform/feature.ts';
import type { InviteService } from '../invitations/invite.service.ts';
import * as wire from './members.schema.ts';
import type { MemberService } from './members.service.ts';
import type { OwnershipService } from './ownership.service.ts';

const tags = ['Organizations'];
const params = byId('MEMBER_NOT_FOUND');
const ListQuery = Type.Object({ ...CursorQuery.properties, limit: limitOf(pageSizeMax) });

/** `/organizations/members`: the people of the organisation, and who is invited. */
export function memberRoutes(
  app: App,
  services: { members: MemberService; invite: InviteService; ownership: OwnershipService },
): void {
  const { members, invite, ownership } = services;
  app.get(
    '/organizations/members',
    {
      config: { access: 'user:read' },
      schema: {
        tags,
        summary: 'List members and open invitations, oldest first.',
        querystring: ListQuery,
        response: { 200: Type.Array(wire.Member) },
      },
    },
    async (request, reply) => {
      const slice = sliceOf(request.query);
      const rows = await members.list(request.actor, slice);
      return onePage(reply, slice, rows, ({ createdAt }) => createdAt);
    },
  );

  app.post(
    '/organizations/members',
    {
      config: { access: 'user:invite', idempotent: 'in-transaction' },
      schema: {
        tags,
        summary: 'Invite a member by letter or link, for seven days.',
        description:
          'Where letters can be sent the link goes by letter alone; with `delivery: link` it is in this answer, ' +
          'and only here. Inviting an address again replaces its open invitation.',
        body: wire.InviteMember,
        response: {
          201: wire.InvitedMember,
          ...failsWith('GRANT_TOO_WIDE', 'ROLE_NOT_FOUND', 'EMAIL_TAKEN', 'MAIL_NOT_CONFIGURED'),
        },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await invite.invite(request.actor, request.body, request.idempotency)),
  );

  app.put(
    '/organizations/members/:id/role',
    {
      config: { access: 'user:update' },
      schema: {
        tags,
        summary: 'Change the role of a member or an invitation; it counts on the next request.',
        params,
        body: wire.ChangeRole,
        response: {
          200: wire.Member,
          ...failsWith(
            'CANNOT_REMOVE_SELF',
            'GRANT_TOO_WIDE',
            'OWNER_PROTECTED',
            'MEMBER_NOT_FOUND',
            'ROLE_NOT_FOUND',
          ),
        },
      },
    },
    async (request) => members.changeRole(request.actor, request.params.id, request.body),
  );

  app.put(
    '/organizations/members/:id',
    {
      config: { access: 'user:update' },
      schema: {
        tags,
        summary: 'Disable, enable or rename a member.',
        description: 'Disabling ends their sessions and stops their API keys at once.',
        params,
        body: wire.UpdateMember,
        response: {
          200: wire.Member,
          ...failsWith('CANNOT_REMOVE_SELF', 'OWNER_PROTECTED', 'MEMBER_NOT_FOUND'),
        },
      },
    },
    async (request) => members.update(request.actor, request.params.id, request.body),
  );

  app.delete(
    '/organizations/members/:id',
    {
      config: { access: 'user:remove' },
      schema: {
        tags,
        summary: 'Remove a member with their sessions and keys, or take an invitation back.',
        params,
        response: {
          200: Success,
          ...failsWith('CANNOT_REMOVE_SELF', 'OWNER_PROTECTED', 'MEMBER_NOT_FOUND'),
        },
      },
    },
    async (request) => {
      await members.remove(request.actor, request.params.id);
      return { success: true };
    },
  );

  app.post(
    '/organizations/transfer-ownership',
    {
      config: { access: 'org:delete' },
      schema: {
        tags,
        summary: 'Hand the organization over: the member becomes its owner, the caller an admin.',
        body: wire.TransferOwnership,
        response: { 200: Success, ...failsWith('PASSWORD_INCORRECT', 'MEMBER_NOT_FOUND') },
      },
    },
    async (request) => {
      await ownership.transfer(request.actor, request.body);
      return { success: true };
    },
  );
}
