import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { pathId } from '../../http/path-id.ts';
import { Success } from '../../http/schema.ts';
import type { App } from '../../platform/feature.ts';
import type { AssignmentService } from './assignments.service.ts';
import type { HoldingService } from './holdings.service.ts';
import * as wire from './rbac.schema.ts';

const tags = ['RBAC'];
const params = Type.Object({ userId: pathId('MEMBER_NOT_FOUND') });

/** `/rbac/assign` and `/rbac/users`: who holds which role. */
export function assignmentRoutes(
  app: App,
  { assignments, holdings }: { assignments: AssignmentService; holdings: HoldingService },
): void {
  app.post(
    '/rbac/assign',
    {
      config: { access: 'role:manage' },
      schema: {
        tags,
        summary:
          'Give somebody a role: in the whole organization, or besides in one workspace or for one profile.',
        description:
          'It takes the place of the role they hold there. Nobody gives what they lack, changes themselves or ' +
          'somebody who may do more; the role of the owner changes by a transfer only.',
        body: wire.AssignRole,
        response: {
          201: wire.UserRole,
          ...failsWith(
            'MEMBER_NOT_FOUND',
            'ROLE_NOT_FOUND',
            'WORKSPACE_NOT_FOUND',
            'PROFILE_NOT_FOUND',
            'OWNER_PROTECTED',
            'GRANT_TOO_WIDE',
          ),
        },
      },
    },
    async (request, reply) => reply.code(201).send(await assignments.assign(request.actor, request.body)),
  );

  app.delete(
    '/rbac/users/:userId/organizations/:orgId',
    {
      config: { access: 'role:manage' },
      schema: {
        tags,
        summary: "Take back somebody's role in the organization, or the one in a workspace or for a profile.",
        description:
          'Who loses the role for the whole organization is a member again, or a viewer where a member could ' +
          'do more than they could.',
        params: Type.Object({ userId: pathId('MEMBER_NOT_FOUND'), orgId: pathId('ORGANIZATION_NOT_FOUND') }),
        querystring: wire.PlaceQuery,
        response: {
          200: Success,
          ...failsWith(
            'MEMBER_NOT_FOUND',
            'ORGANIZATION_NOT_FOUND',
            'WORKSPACE_NOT_FOUND',
            'PROFILE_NOT_FOUND',
            'OWNER_PROTECTED',
            'GRANT_TOO_WIDE',
          ),
        },
      },
    },
    async ({ actor, params: { userId, orgId }, query }) => {
      await assignments.unassign(actor, userId, orgId, query);
      return { success: true };
    },
  );

  app.get(
    '/rbac/users/:userId/roles',
    {
      config: { access: 'user:read' },
      schema: {
        tags,
        summary: 'List the roles somebody holds, the one for the whole organization first.',
        params,
        querystring: wire.RolePage,
        response: {
          200: Type.Array(wire.UserRoleInOrganization),
          ...failsWith('MEMBER_NOT_FOUND'),
        },
      },
    },
    async (request) => holdings.rolesOf(request.actor, request.params.userId, request.query),
  );

  app.get(
    '/rbac/users/:userId/permissions',
    {
      config: { access: 'user:read' },
      schema: {
        tags,
        summary: 'List what somebody may do: in the whole organization, in a workspace or for a profile.',
        params,
        querystring: wire.PlaceQuery,
        response: {
          200: Type.Array(Type.String({ examples: ['message:send'] })),
          ...failsWith('MEMBER_NOT_FOUND', 'WORKSPACE_NOT_FOUND', 'PROFILE_NOT_FOUND'),
        },
      },
    },
    async (request) => holdings.permissionsOf(request.actor, request.params.userId, request.query),
  );
}
