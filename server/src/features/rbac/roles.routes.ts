import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { byId } from '../../http/path-id.ts';
import { Success } from '../../http/schema.ts';
import type { App } from '../../platform/feature.ts';
import { permissionList } from './rbac.present.ts';
import * as wire from './rbac.schema.ts';
import type { RoleService } from './roles.service.ts';

const tags = ['RBAC'];
const params = byId('ROLE_NOT_FOUND');

/** `/rbac/permissions` and `/rbac/roles`: what roles there are. */
export function roleRoutes(app: App, service: RoleService): void {
  app.get(
    '/rbac/permissions',
    {
      config: { access: 'user:read' },
      schema: {
        tags,
        summary: 'List permissions.',
        response: { 200: Type.Array(wire.PermissionItem) },
      },
    },
    async () => permissionList,
  );

  app.post(
    '/rbac/roles',
    {
      config: { access: 'role:manage' },
      schema: {
        tags,
        summary: 'Create a role; it may allow nothing you lack.',
        body: wire.CreateRole,
        response: { 201: wire.Role, ...failsWith('GRANT_TOO_WIDE', 'ROLE_NAME_TAKEN') },
      },
    },
    async (request, reply) => reply.code(201).send(await service.create(request.actor, request.body)),
  );

  app.get(
    '/rbac/roles',
    {
      config: { access: 'user:read' },
      schema: {
        tags,
        summary: 'List roles: those of the system first, then by name.',
        querystring: wire.RolePage,
        response: { 200: Type.Array(wire.CountedRole) },
      },
    },
    async (request) => service.list(request.actor, request.query),
  );

  app.get(
    '/rbac/roles/:id',
    {
      config: { access: 'user:read' },
      schema: {
        tags,
        summary: 'Get a role with who holds it, a page at a time.',
        params,
        querystring: wire.RolePage,
        response: { 200: wire.RoleWithUsers, ...failsWith('ROLE_NOT_FOUND') },
      },
    },
    async (request) => service.get(request.actor, request.params.id, request.query),
  );

  app.put(
    '/rbac/roles/:id',
    {
      config: { access: 'role:manage' },
      schema: {
        tags,
        summary: 'Change a role; it counts for its holders from their next request on.',
        params,
        body: wire.UpdateRole,
        response: {
          200: wire.Role,
          ...failsWith('ROLE_NOT_FOUND', 'ROLE_IS_SYSTEM', 'GRANT_TOO_WIDE', 'ROLE_NAME_TAKEN'),
        },
      },
    },
    async (request) => service.update(request.actor, request.params.id, request.body),
  );

  app.delete(
    '/rbac/roles/:id',
    {
      config: { access: 'role:manage' },
      schema: {
        tags,
        summary: 'Delete a role nobody holds and nobody is invited to.',
        params,
        response: { 200: Success, ...failsWith('ROLE_NOT_FOUND', 'ROLE_IS_SYSTEM', 'ROLE_IN_USE') },
      },
    },
    async (request) => {
      await service.remove(request.actor, request.params.id);
      return { success: true };
    },
  );

  app.post(
    '/rbac/organizations/:id/seed',
    {
      config: { access: 'role:manage' },
      schema: {
        tags,
        summary: 'Add the system roles your organization lacks.',
        params: byId('ORGANIZATION_NOT_FOUND'),
        response: { 201: Success, ...failsWith('ORGANIZATION_NOT_FOUND') },
      },
    },
    async (request, reply) => {
      await service.seed(request.actor, request.params.id);
      return reply.code(201).send({ success: true });
    },
  );
}
