import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { PageQuery, page } from '../../http/list.ts';
import { byId } from '../../http/path-id.ts';
import { Success } from '../../http/schema.ts';
import type { App } from '../../platform/feature.ts';
import type { PairingDesk } from './pairing.ts';
import { presentProfile, presentStatus } from './profiles.present.ts';
import * as wire from './profiles.schema.ts';
import type { ProfileService } from './profiles.service.ts';
import type { ProfileRow } from './profiles.store.ts';

export interface ProfileDesk {
  service: ProfileService;
  pairing: PairingDesk;
}

const tags = ['Profiles'];
const params = byId('PROFILE_NOT_FOUND');
const missing = failsWith('PROFILE_NOT_FOUND');

/** `/profiles`: the WhatsApp accounts of the organisation, flat. */
export function profileRoutes(app: App, { service, pairing }: ProfileDesk): void {
  app.get(
    '/profiles',
    {
      config: { access: 'profile:read' },
      schema: {
        tags,
        summary: 'List profiles, newest first.',
        querystring: Type.Object({ workspaceId: Type.Optional(Type.String()), ...PageQuery.properties }),
        response: { 200: Type.Array(wire.Profile), ...failsWith('WORKSPACE_NOT_FOUND') },
      },
    },
    async (request) => {
      const { workspaceId } = request.query;
      const filter = { ...(workspaceId && { workspaceId }), ...page(request.query) };
      return (await service.list(request.actor, filter)).map(presentProfile);
    },
  );

  app.post(
    '/profiles',
    {
      config: { access: 'profile:create', idempotent: 'in-transaction' },
      schema: {
        tags,
        summary: 'Create a profile; connect it to pair a phone.',
        body: wire.CreateProfile,
        response: { 201: wire.Profile, ...failsWith('WORKSPACE_NOT_FOUND', 'INVALID_RECIPIENT') },
      },
    },
    async (request, reply) => {
      reply.status(201);
      return presentProfile(
        await service.create(request.actor, request.body, { claim: request.idempotency }),
      );
    },
  );

  app.get(
    '/profiles/:id',
    {
      config: { access: 'profile:read' },
      schema: { tags, summary: 'Get a profile.', params, response: { 200: wire.Profile, ...missing } },
    },
    async (request) => presentProfile(await service.get(request.actor, request.params.id)),
  );

  app.put(
    '/profiles/:id',
    {
      config: { access: 'profile:update' },
      schema: {
        tags,
        summary: 'Change a profile; what is left out stays as it is.',
        params,
        body: wire.UpdateProfile,
        response: { 200: wire.Profile, ...missing },
      },
    },
    async (request) => {
      const row = await service.update(request.actor, request.params.id, request.body);
      return { ...presentProfile(row), ...(row.warning && { warning: row.warning }) };
    },
  );

  app.delete(
    '/profiles/:id',
    {
      config: { access: 'profile:delete' },
      schema: {
        tags,
        summary: 'Unlink the phone and delete the profile with everything in it.',
        params,
        response: { 200: Success, ...missing },
      },
    },
    async (request) => {
      await service.remove(request.actor, request.params.id);
      return { success: true };
    },
  );

  connectionRoutes(app, { service, pairing });
}

function connectionRoutes(app: App, { service, pairing }: ProfileDesk): void {
  app.post(
    '/profiles/:id/connect',
    {
      config: { access: 'profile:connect' },
      schema: {
        tags,
        summary: 'Connect to WhatsApp. A new profile then shows a QR code to scan.',
        params,
        response: { 200: wire.ConnectAnswer, ...failsWith('PROFILE_NOT_FOUND', 'UNAVAILABLE') },
      },
    },
    async (request) => connectAnswer(await service.connect(request.actor, request.params.id)),
  );

  app.post(
    '/profiles/:id/disconnect',
    {
      config: { access: 'profile:connect' },
      schema: {
        tags,
        summary: 'Disconnect. The phone stays linked, unless `logout` asks otherwise.',
        params,
        body: Type.Optional(wire.DisconnectBody),
        response: { 200: wire.ConnectAnswer, ...missing },
      },
    },
    async (request) => {
      await service.disconnect(request.actor, request.params.id, request.body?.logout ?? false);
      return disconnectAnswer;
    },
  );

  app.get(
    '/profiles/:id/status',
    {
      config: { access: 'profile:read' },
      schema: {
        tags,
        summary: 'Whether the profile is connected, and if not, why.',
        params,
        response: { 200: wire.ProfileStatusAnswer, ...missing },
      },
    },
    async (request) => presentStatus(await service.mine(request.actor, request.params.id)),
  );

  app.post(
    '/profiles/:id/pairing-code',
    {
      config: { access: 'profile:connect' },
      schema: {
        tags,
        summary: 'Pair by a code typed on the phone instead of a QR code.',
        params,
        body: wire.PairingCodeBody,
        response: {
          200: wire.PairingCodeAnswer,
          ...failsWith('PROFILE_NOT_FOUND', 'PROFILE_ALREADY_PAIRED', 'INVALID_RECIPIENT', 'UNAVAILABLE'),
        },
      },
    },
    async (request) => pairing.code(request.actor, request.params.id, request.body.phoneNumber),
  );

  app.get(
    '/profiles/:id/qr',
    {
      config: { access: 'profile:connect' },
      schema: {
        tags: ['Compatibility'],
        summary: 'The QR code to scan, as JSON, as a PNG picture or drawn for a terminal.',
        params,
        querystring: wire.QrQuery,
        response: { 200: wire.QrAnswer, ...failsWith('PROFILE_NOT_FOUND', 'QR_NOT_AVAILABLE') },
      },
    },
    (request, reply) => showQr(pairing, request, request.params.id, reply),
  );
}

/** The QR code in the form that was asked for; pictures and drawings go out as they are. */
export async function showQr(
  pairing: PairingDesk,
  request: { actor: Parameters<PairingDesk['qr']>[0]; query: { format?: 'json' | 'png' | 'terminal' } },
  profileId: string,
  reply: Pick<FastifyReply, 'type' | 'serializer'>,
) {
  const { format = 'json' } = request.query;
  if (format === 'json') return pairing.qr(request.actor, profileId);
  const drawn = await pairing.drawn(request.actor, profileId, format);
  reply
    .type(format === 'png' ? 'image/png' : 'text/plain; charset=utf-8')
    .serializer((value: unknown) => value as string);
  return drawn as never;
}

/** The answer to a connect, with older clients' words for a profile that is connected already. */
export function connectAnswer(row: ProfileRow) {
  if (row.status === 'connected') {
    return {
      success: true,
      status: 'already_connected',
      message: 'Profile already connected',
      phone: row.phone_number,
    };
  }
  return { success: true, status: 'connecting', message: 'Scan QR code to connect' };
}

export const disconnectAnswer = { success: true, status: 'disconnected', message: 'Disconnected' };
