import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { originOf } from '../../http/origin.ts';
import { byId } from '../../http/path-id.ts';
import { Success } from '../../http/schema.ts';
import type { App } from '../../platform/feature.ts';
import * as wire from './auth.schema.ts';
import type { AuthService } from './auth.service.ts';
import type { Sessions } from './sessions.service.ts';

const tags = ['Auth'];

/** `/auth`: registering, signing in and out, sessions. */
export function authRoutes(app: App, { auth, sessions }: { auth: AuthService; sessions: Sessions }): void {
  app.post(
    '/auth/register',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Register an organisation with its owner and receive tokens.',
        body: wire.RegisterBody,
        response: { 201: wire.TokenResponse, ...failsWith('REGISTRATION_CLOSED', 'EMAIL_TAKEN') },
      },
    },
    async (request, reply) => reply.code(201).send(await auth.register(request.body, originOf(request))),
  );

  app.post(
    '/auth/login',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Log in and receive tokens.',
        description: 'Too many wrong passwords for an account or from an address are slowed down with 429.',
        body: wire.LoginBody,
        response: { 200: wire.TokenResponse, ...failsWith('INVALID_CREDENTIALS') },
      },
    },
    async (request) => auth.login(request.body, originOf(request)),
  );

  app.post(
    '/auth/refresh',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Exchange a refresh token for new tokens.',
        description:
          'A refresh token is good once. Asked again within ten seconds it gives the same successor; ' +
          'used later it ends the session.',
        body: wire.RefreshBody,
        response: {
          200: wire.TokenResponse,
          ...failsWith('INVALID_REFRESH_TOKEN', 'REFRESH_TOKEN_REUSED'),
        },
      },
    },
    async (request) => auth.refresh(request.body.refreshToken),
  );

  app.post(
    '/auth/logout',
    {
      config: { access: 'person' },
      schema: {
        tags,
        summary: 'End the current session: its tokens stop at once.',
        response: { 200: Success },
      },
    },
    async (request) => {
      await auth.logout(request.actor);
      return { success: true };
    },
  );

  app.get(
    '/auth/me',
    {
      config: { access: 'person' },
      schema: { tags, summary: 'Get the current user.', response: { 200: wire.Me } },
    },
    async (request) => auth.me(request.actor),
  );

  sessionRoutes(app, sessions);
}

function sessionRoutes(app: App, sessions: Sessions): void {
  app.get(
    '/auth/sessions',
    {
      config: { access: 'person' },
      schema: {
        tags,
        summary: 'List active sessions, most recently active first.',
        response: { 200: Type.Array(wire.Session) },
      },
    },
    async (request) => sessions.list(request.actor),
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
