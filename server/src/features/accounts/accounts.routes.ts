import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { CursorQuery, onePage, sliceOf } from '../../http/list.ts';
import { byId } from '../../http/path-id.ts';
import type { App } from '../../platform/feature.ts';
import * as wire from './accounts.schema.ts';
import type { AccountService } from './accounts.service.ts';

const tags = ['Accounts'];
const params = byId('ACCOUNT_NOT_FOUND');

/** `/accounts`. An account is part of its workspace, so changing one needs `workspace:update`. */
export function accountRoutes(app: App, service: AccountService): void {
  app.get(
    '/accounts',
    {
      config: { access: 'workspace:read' },
      schema: {
        tags,
        summary: 'List accounts, newest first.',
        querystring: CursorQuery,
        response: { 200: Type.Array(wire.AccountInWorkspace) },
      },
    },
    async (request, reply) => {
      const slice = sliceOf(request.query);
      const rows = await service.list(request.actor, slice);
      return onePage(reply, slice, rows, ({ createdAt }) => createdAt);
    },
  );

  app.post(
    '/accounts',
    {
      config: { access: 'workspace:update' },
      schema: {
        tags,
        summary: 'Create an account.',
        body: wire.CreateAccount,
        response: { 201: wire.Account, ...failsWith('WORKSPACE_NOT_FOUND') },
      },
    },
    async (request, reply) => reply.code(201).send(await service.create(request.actor, request.body)),
  );

  app.get(
    '/accounts/:id',
    {
      config: { access: 'workspace:read' },
      schema: {
        tags,
        summary: 'Get an account with its workspace.',
        params,
        response: { 200: wire.AccountInWorkspace, ...failsWith('ACCOUNT_NOT_FOUND') },
      },
    },
    async (request) => service.get(request.actor, request.params.id),
  );

  app.put(
    '/accounts/:id',
    {
      config: { access: 'workspace:update' },
      schema: {
        tags,
        summary: 'Change an account; absent fields stay, `settings` is replaced.',
        params,
        body: wire.UpdateAccount,
        response: { 200: wire.Account, ...failsWith('ACCOUNT_NOT_FOUND') },
      },
    },
    async (request) => service.update(request.actor, request.params.id, request.body),
  );

  app.delete(
    '/accounts/:id',
    {
      config: { access: 'workspace:update' },
      schema: {
        tags,
        summary: 'Delete an account; its profiles stay.',
        params,
        response: { 200: wire.Account, ...failsWith('ACCOUNT_NOT_FOUND') },
      },
    },
    async (request) => service.remove(request.actor, request.params.id),
  );
}
