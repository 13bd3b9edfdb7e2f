import { failsWith } from '../../../http/fails-with.ts';
import { originOf } from '../../../http/origin.ts';
import { Success } from '../../../http/schema.ts';
import type { App } from '../../../platform/feature.ts';
import { TokenResponse } from '../tokens.schema.ts';
import * as wire from './sign-in.schema.ts';
import type { SignIn } from './sign-in.service.ts';

const tags = ['Auth'];

/** `/auth`: registering, signing in and out. */
export function signInRoutes(app: App, signIn: SignIn): void {
  app.post(
    '/auth/register',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Register an organisation with its owner and receive tokens.',
        body: wire.RegisterBody,
        response: { 201: TokenResponse, ...failsWith('REGISTRATION_CLOSED', 'EMAIL_TAKEN') },
      },
    },
    async (request, reply) => reply.code(201).send(await signIn.register(request.body, originOf(request))),
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
        response: { 200: TokenResponse, ...failsWith('INVALID_CREDENTIALS') },
      },
    },
    async (request) => signIn.login(request.body, originOf(request)),
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
          200: TokenResponse,
          ...failsWith('INVALID_REFRESH_TOKEN', 'REFRESH_TOKEN_REUSED'),
        },
      },
    },
    async (request) => signIn.refresh(request.body.refreshToken),
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
      await signIn.logout(request.actor);
      return { success: true };
    },
  );
}
