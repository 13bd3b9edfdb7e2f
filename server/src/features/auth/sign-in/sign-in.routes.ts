import { failsWith } from '../../../http/fails-with.ts';
import { originOf } from '../../../http/origin.ts';
import { Success } from '../../../http/schema.ts';
import type { App } from '../../../platform/feature.ts';
import { TokenResponse } from '../tokens.schema.ts';
import type { SecondStepService } from './second-step.ts';
import * as wire from './sign-in.schema.ts';
import type { SignIn } from './sign-in.service.ts';

const tags = ['Auth'];

/** `/auth`: registering, signing in and out. */
export function signInRoutes(app: App, signIn: SignIn, secondStep: SecondStepService): void {
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
        summary: 'Log in and receive tokens, or with a second factor a challenge.',
        description:
          'Too many wrong passwords from an address, or for an account from an address, are refused with 429. While an ' +
          'account is guessed at from many, a right password from elsewhere is still good: a new address waits a second, ' +
          'one it signed in from before does not. ' +
          'With a second factor the answer is `requires2FA` with what `POST /auth/2fa/verify` needs.',
        body: wire.LoginBody,
        response: { 200: wire.LoginAnswer, ...failsWith('INVALID_CREDENTIALS') },
      },
    },
    async (request) => signIn.login(request.body, originOf(request)),
  );

  app.post(
    '/auth/2fa/verify',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Finish a login with a code of the authenticator app or a backup code, and receive tokens.',
        description: 'Five wrong codes end the login; too many in a day are slowed down with 429.',
        body: wire.SecondStepBody,
        response: {
          200: TokenResponse,
          ...failsWith('LOGIN_CHALLENGE_GONE', 'INVALID_TWO_FACTOR_CODE'),
        },
      },
    },
    async (request) => secondStep.verify(request.body, originOf(request)),
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
    async (request) => signIn.refresh(request.body.refreshToken, originOf(request)),
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
