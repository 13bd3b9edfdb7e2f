import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { PageQuery, page } from '../../http/list.ts';
import { pathId } from '../../http/path-id.ts';
import { Success } from '../../http/schema.ts';
import type { App } from '../../platform/feature.ts';
import { presentProfile } from './profiles.present.ts';
import { connectAnswer, disconnectAnswer, type ProfileDesk, showQr } from './profiles.routes.ts';
import * as wire from './profiles.schema.ts';

const tags = ['Accounts'];
const ofAccount = Type.Object({ accountId: pathId('ACCOUNT_NOT_FOUND') });
const both = Type.Object({ accountId: pathId('PROFILE_NOT_FOUND'), profileId: pathId('PROFILE_NOT_FOUND') });
const missing = failsWith('PROFILE_NOT_FOUND');

/** `/accounts/:accountId/profiles`: the same profiles through the account they belong to. */
export function accountProfileRoutes(app: App, { service, pairing }: ProfileDesk): void {
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
      const filter = { accountId: request.params.accountId, ...page(request.query) };
      return (await service.list(request.actor, filter)).map(presentProfile);
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
      return presentProfile(
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
    async ({ actor, params }) => presentProfile(await service.get(actor, params.profileId, params.accountId)),
  );

  app.delete(
    `${path}/:profileId`,
    {
      config: { access: 'profile:delete' },
      schema: {
        tags,
        summary: 'Unlink the phone and delete the profile with everything in it.',
        params: both,
        response: { 200: Success, ...missing },
      },
    },
    async ({ actor, params }) => {
      await service.get(actor, params.profileId, params.accountId);
      await service.remove(actor, params.profileId);
      return { success: true };
    },
  );

  app.post(
    `${path}/:profileId/connect`,
    {
      config: { access: 'profile:connect' },
      schema: {
        tags,
        summary: 'Connect to WhatsApp. A new profile then shows a QR code to scan.',
        params: both,
        response: { 200: wire.ConnectAnswer, ...failsWith('PROFILE_NOT_FOUND', 'UNAVAILABLE') },
      },
    },
    async ({ actor, params }) => {
      await service.get(actor, params.profileId, params.accountId);
      return connectAnswer(await service.connect(actor, params.profileId));
    },
  );

  app.post(
    `${path}/:profileId/disconnect`,
    {
      config: { access: 'profile:connect' },
      schema: {
        tags,
        summary: 'Disconnect. The phone stays linked, unless `logout` asks otherwise.',
        params: both,
        body: Type.Optional(wire.DisconnectBody),
        response: { 200: wire.ConnectAnswer, ...missing },
      },
    },
    async ({ actor, params, body }) => {
      await service.get(actor, params.profileId, params.accountId);
      await service.disconnect(actor, params.profileId, body?.logout ?? false);
      return disconnectAnswer;
    },
  );

  app.post(
    `${path}/:profileId/pairing-code`,
    {
      config: { access: 'profile:connect' },
      schema: {
        tags,
        summary: 'Pair by a code typed on the phone instead of a QR code.',
        params: both,
        body: wire.PairingCodeBody,
        response: {
          200: wire.PairingCodeAnswer,
          ...failsWith('PROFILE_NOT_FOUND', 'PROFILE_ALREADY_PAIRED', 'INVALID_RECIPIENT', 'UNAVAILABLE'),
        },
      },
    },
    async ({ actor, params, body }) => {
      await service.get(actor, params.profileId, params.accountId);
      return pairing.code(actor, params.profileId, body.phoneNumber);
    },
  );

  app.get(
    `${path}/:profileId/qr`,
    {
      config: { access: 'profile:connect' },
      schema: {
        tags,
        summary:
          'The QR code to scan, as JSON, as a PNG picture (`?format=png`) or drawn for a terminal (`?format=terminal`).',
        params: both,
        querystring: wire.QrQuery,
        response: { 200: wire.QrAnswer, ...failsWith('PROFILE_NOT_FOUND', 'QR_NOT_AVAILABLE') },
      },
    },
    async (request, reply) => {
      await service.get(request.actor, request.params.profileId, request.params.accountId);
      return showQr(pairing, request, request.params.profileId, reply);
    },
  );
}
