import Type from 'typebox';
import { failsWith } from '../../../http/fails-with.ts';
import { CursorQuery, onePage, sliceOf } from '../../../http/list.ts';
import { byId } from '../../../http/path-id.ts';
import { Success } from '../../../http/schema.ts';
import type { App } from '../../../platform/feature.ts';
import * as wire from './sessions.schema.ts';
import type { Sessions } from './sessions.service.ts';

const tags = ['Auth'];

/** `/auth/sessions`: where a person is signed in. */
export function sessionRoutes(app: App, sessions: Sessions): void {
  app.get(
    '/auth/sessions',
    {
      config: { access: 'person' },
      schema: {
        tags,
        summary: 'List active sessions, most recently active first.',
        querystring: CursorQuery,
        response: { 200: Type.Array(wire.Session) },
      },
    },
    async (request, reply) => {
      const slice = sliceOf(request.query);
      const rows = await sessions.list(request.actor, slice);
      return onePage(reply, slice, rows, ({ lastActiveAt }) => lastActiveAt);
    },
  );

  app.delete(
    '/auth/sessions/:id',
    {
      config: { access: 'person' },
      schema: {
        tags,
        summary: 'Revoke a session with its refresh token.',
        params: byId('SESSION_NOT_FOUND'),
        response: { 200: Success, ...failsWith('SESSION_NOT_FOUND') },
      },
    },
    async (request) => {
      await sessions.revoke(request.actor, request.params.id);
      return { success: true };
    },
  );

  app.delete(
    '/auth/sessions',
    {
      config: { access: 'person' },
      schema: {
        tags,
        summary: 'Revoke all sessions except the current one.',
        response: { 200: wire.RevokedSessions },
      },
    },
    async (request) => ({ success: true, revokedCount: await sessions.revokeOthers(request.actor) }),
  );
}
