import type { FastifyReply } from 'fastify';
import Type, { type TObject } from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { Success } from '../../http/schema.ts';
import type { Actor } from '../../platform/actor.ts';
import type { App } from '../../platform/feature.ts';
import type { PairingDesk } from './pairing.ts';
import * as wire from './profiles.schema.ts';
import type { ProfileService } from './profiles.service.ts';
import type { ProfileRow } from './profiles.store.ts';
import type { ProfilesSeen } from './profiles-seen.ts';

export interface ProfileDesk {
  service: ProfileService;
  pairing: PairingDesk;
  seen: ProfilesSeen;
}

/** A profile has two paths: its own, and one through its account. The routes below are the same under both. */
export interface ProfileAddress {
  path: string;
  tags: string[];
  params: TObject;
  /** The profile that a request names. @throws Failure PROFILE_NOT_FOUND, unless the service does. */
  profileOf(request: { actor: Actor; params: unknown }): Promise<string>;
}

const missing = failsWith('PROFILE_NOT_FOUND');

export function removeRoute(app: App, { service }: ProfileDesk, address: ProfileAddress): void {
  const { path, tags, params } = address;
  app.delete(
    path,
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
      await service.remove(request.actor, await address.profileOf(request));
      return { success: true };
    },
  );
}

export function connectRoutes(app: App, { service }: ProfileDesk, address: ProfileAddress): void {
  const { path, tags, params } = address;
  const config = { access: 'profile:connect' } as const;
  app.post(
    `${path}/connect`,
    {
      config,
      schema: {
        tags,
        summary: 'Connect to WhatsApp. A new profile then shows a QR code to scan.',
        params,
        response: { 200: wire.ConnectAnswer, ...failsWith('PROFILE_NOT_FOUND', 'UNAVAILABLE') },
      },
    },
    async (request) => connectAnswer(await service.connect(request.actor, await address.profileOf(request))),
  );

  app.post(
    `${path}/disconnect`,
    {
      config,
      schema: {
        tags,
        summary: 'Disconnect. The phone stays linked, unless `logout` asks otherwise.',
        params,
        body: Type.Optional(wire.DisconnectBody),
        response: { 200: wire.ConnectAnswer, ...missing },
      },
    },
    async (request) => {
      const profileId = await address.profileOf(request);
      await service.disconnect(request.actor, profileId, request.body?.logout ?? false);
      return { success: true, status: 'disconnected', message: 'Disconnected' };
    },
  );
}

/** `qr` has the tags and summary of the route of the QR code. */
export function pairingRoutes(
  app: App,
  { pairing }: ProfileDesk,
  address: ProfileAddress,
  qr: { tags: string[]; summary: string },
): void {
  const { path, tags, params } = address;
  const config = { access: 'profile:connect' } as const;
  app.post(
    `${path}/pairing-code`,
    {
      config,
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
    async (request) =>
      pairing.code(request.actor, await address.profileOf(request), request.body.phoneNumber),
  );

  app.get(
    `${path}/qr`,
    {
      config,
      schema: {
        ...qr,
        params,
        querystring: wire.QrQuery,
        response: { 200: wire.QrAnswer, ...failsWith('PROFILE_NOT_FOUND', 'QR_NOT_AVAILABLE') },
      },
    },
    async (request, reply) => showQr(pairing, request, await address.profileOf(request), reply),
  );
}

/** The QR code in the requested form; pictures and drawings are sent without the envelope. */
async function showQr(
  pairing: PairingDesk,
  request: { actor: Actor; query: { format?: 'json' | 'png' | 'terminal' } },
  profileId: string,
  reply: Pick<FastifyReply, 'type' | 'serializer'>,
) {
  const { format = 'json' } = request.query;
  if (format === 'json') return pairing.qr(request.actor, profileId);
  const drawing = await pairing.drawn(request.actor, profileId, format);
  reply
    .type(format === 'png' ? 'image/png' : 'text/plain; charset=utf-8')
    .serializer((value: unknown) => value as string);
  return drawing as never;
}

/** The answer to a connect, with older clients' words for a profile that is connected already. */
function connectAnswer(row: ProfileRow) {
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
