import Type, { type Static } from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { nextCursorHeader, page } from '../../http/list.ts';
import { byId } from '../../http/path-id.ts';
import type { App } from '../../platform/feature.ts';
import {
  connectRoutes,
  type ProfileAddress,
  type ProfileDesk,
  pairingRoutes,
  removeRoute,
} from './profile-actions.routes.ts';
import { ProfileCounts, ProfileStates, StatesQuery } from './profile-list.schema.ts';
import { FilterQuery, filterOf, ListQuery, pageOf } from './profile-list.ts';
import * as wire from './profiles.schema.ts';

const tags = ['Profiles'];
const params = byId('PROFILE_NOT_FOUND');
const missing = failsWith('PROFILE_NOT_FOUND');
const address: ProfileAddress = {
  path: '/profiles/:id',
  tags,
  params,
  // The service checks whether there is such a profile.
  profileOf: async (request) => (request.params as Static<typeof params>).id,
};

/** `/profiles`: the WhatsApp accounts of the organisation, flat. */
export function profileRoutes(app: App, desk: ProfileDesk): void {
  const { service, seen } = desk;
  app.get(
    '/profiles',
    {
      config: { access: 'profile:read' },
      schema: {
        tags,
        summary: 'List profiles, newest first.',
        querystring: ListQuery,
        response: { 200: Type.Array(wire.Profile), ...failsWith('WORKSPACE_NOT_FOUND') },
      },
    },
    async (request, reply) => {
      const { rows, next } = await seen.list(request.actor, filterOf(request.query), pageOf(request.query));
      if (next) reply.header(nextCursorHeader, next);
      return rows.map(service.present);
    },
  );

  app.get(
    '/profiles/counts',
    {
      config: { access: 'profile:read' },
      schema: {
        tags,
        summary: 'How many profiles there are of each status, reason, engine, node and label.',
        querystring: FilterQuery,
        response: { 200: ProfileCounts, ...failsWith('WORKSPACE_NOT_FOUND') },
      },
    },
    async (request) => seen.counts(request.actor, filterOf(request.query)),
  );

  app.get(
    '/profiles/:id/states',
    {
      config: { access: 'profile:read' },
      schema: {
        tags,
        summary: 'The statuses a profile has had and why, newest first; kept for 90 days.',
        params,
        querystring: StatesQuery,
        response: { 200: ProfileStates, ...missing },
      },
    },
    async ({ actor, params: { id }, query }) =>
      seen.states(actor, id, { before: query.cursor, limit: page(query).limit }),
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
      return service.present(
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
    async (request) => service.present(await seen.get(request.actor, request.params.id)),
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
      return { ...service.present(row), ...(row.warning && { warning: row.warning }) };
    },
  );

  removeRoute(app, desk, address);
  connectRoutes(app, desk, address);

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
    async (request) => service.presentStatus(await service.rowOf(request.actor, request.params.id)),
  );

  pairingRoutes(app, desk, address, {
    tags: ['Compatibility'],
    summary: 'The QR code to scan, as JSON, as a PNG picture or drawn for a terminal.',
  });
}
