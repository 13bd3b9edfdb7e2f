import Type, { type Static } from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { PageQuery } from '../../http/list.ts';
import { pathId } from '../../http/path-id.ts';
import type { App } from '../../platform/feature.ts';
import {
  connectRoutes,
  type ProfileAddress,
  type ProfileDesk,
  pairingRoutes,
  removeRoute,
} from './profile-actions.routes.ts';
import { pageOf } from './profile-list.ts';
import * as wire from './profiles.schema.ts';

const tags = ['Accounts'];
const ofAccount = Type.Object({ accountId: pathId('ACCOUNT_NOT_FOUND') });
const both = Type.Object({ accountId: pathId('PROFILE_NOT_FOUND'), profileId: pathId('PROFILE_NOT_FOUND') });
const missing = failsWith('PROFILE_NOT_FOUND');

/** `/accounts/:accountId/profiles`: the same profiles through the account they belong to. */
export function accountProfileRoutes(app: App, desk: ProfileDesk): void {
  const { service, seen } = desk;
  const path = '/accounts/:accountId/profiles';

  app.get(
    path,
    {
      config: { access: 'profile:read' },
      schema: {
        tags,
        summary: 'List the profiles of an account, newest first.',
        params: ofAccount,
        querystring: PageQuery,
        response: { 200: Type.Array(wire.Profile), ...failsWith('ACCOUNT_NOT_FOUND') },
      },
    },
    async (request) => {
      const { accountId } = request.params;
      const { rows } = await seen.list(request.actor, { accountId }, pageOf(request.query));
      return rows.map(service.present);
    },
  );

  app.post(
    path,
    {
      config: { access: 'profile:create', idempotent: 'in-transaction' },
      schema: {
        tags,
        summary: 'Create a profile in an account.',
        params: ofAccount,
        body: wire.CreateProfileInAccount,
        response: { 201: wire.Profile, ...failsWith('ACCOUNT_NOT_FOUND', 'INVALID_RECIPIENT') },
      },
    },
    async (request, reply) => {
      reply.status(201);
      return service.present(
        await service.create(request.actor, request.body, {
          accountId: request.params.accountId,
          claim: request.idempotency,
        }),
      );
    },
  );

  app.get(
    `${path}/:profileId`,
    {
      config: { access: 'profile:read' },
      schema: {
        tags,
        summary: 'Get a profile of an account.',
        params: both,
        response: { 200: wire.Profile, ...missing },
      },
    },
    async ({ actor, params }) => service.present(await seen.get(actor, params.profileId, params.accountId)),
  );

  const address: ProfileAddress = {
    path: `${path}/:profileId`,
    tags,
    params: both,
    async profileOf({ actor, params }) {
      const { profileId, accountId } = params as Static<typeof both>;
      await seen.get(actor, profileId, accountId);
      return profileId;
    },
  };
  removeRoute(app, desk, address);
  connectRoutes(app, desk, address);
  pairingRoutes(app, desk, address, {
    tags,
    summary:
      'The QR code to scan, as JSON, as a PNG picture (`?format=png`) or drawn for a terminal (`?format=terminal`).',
  });
}
