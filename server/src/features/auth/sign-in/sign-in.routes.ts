import Type from 'typebox';
import { failsWith } from '../../../http/fails-with.ts';
import { Success } from '../../../http/schema.ts';
import { Failure } from '../../../platform/failures.ts';
import type { App } from '../../../platform/feature.ts';
import { type BrowserSessions, cookieWords } from '../sessions/browser-sessions.ts';
import { TokenResponse } from '../tokens.schema.ts';
import type { SecondStepService } from './second-step.ts';
import * as wire from './sign-in.schema.ts';
import type { SignIn } from './sign-in.service.ts';

const tags = ['Auth'];

/** `/auth`: registering, signing in and out. */
export function signInRoutes(
  app: App,
  signIn: SignIn,
  secondStep: SecondStepService,
  pages: BrowserSessions,
): void {
  app.post(
    '/auth/register',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Register an organisation with its owner and receive tokens.',
        description: cookieWords,
        body: wire.RegisterBody,
        response: {
          201: TokenResponse,
          ...failsWith('REGISTRATION_CLOSED', 'EMAIL_TAKEN', 'CROSS_ORIGIN_REFUSED'),
        },
      },
    },
    async (request, reply) => {
      const tokens = await signIn.register(request.body, pages.originOf(request));
      return reply.code(201).send(pages.answer(request, reply, tokens));
    },
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
          'With a second factor the answer is `requires2FA` with what `POST /auth/2fa/verify` needs. ' +
          cookieWords,
        body: wire.LoginBody,
        response: { 200: wire.LoginAnswer, ...failsWith('INVALID_CREDENTIALS', 'CROSS_ORIGIN_REFUSED') },
      },
    },
    async (request, reply) =>
      pages.answer(request, reply, await signIn.login(request.body, pages.originOf(request))),
  );

  app.post(
    '/auth/2fa/verify',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Finish a login with a code of the authenticator app or a backup code, and receive tokens.',
        description: `Five wrong codes end the login; too many in a day are slowed down with 429. ${cookieWords}`,
        body: wire.SecondStepBody,
        response: {
          200: TokenResponse,
          ...failsWith('LOGIN_CHALLENGE_GONE', 'INVALID_TWO_FACTOR_CODE', 'CROSS_ORIGIN_REFUSED'),
        },
      },
    },
    async (request, reply) =>
      pages.answer(request, reply, await secondStep.verify(request.body, pages.originOf(request))),
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
          'used later it ends the session. With the header `X-Session: cookie` the cookie is asked, and there need not be a body.',
        body: Type.Optional(wire.RefreshBody),
        response: {
          200: TokenResponse,
          ...failsWith('INVALID_REFRESH_TOKEN', 'REFRESH_TOKEN_REUSED', 'CROSS_ORIGIN_REFUSED'),
        },
      },
    },
    async (request, reply) => {
      const origin = pages.originOf(request);
      const token = pages.tokenOf(request) ?? request.body?.refreshToken;
      if (token === undefined) {
        const details = [{ path: '/refreshToken', problem: 'is required' }];
        throw new Failure('VALIDATION_ERROR', { details });
      }
      const tokens = await signIn.refresh(token, origin).catch((error: unknown) => {
        if (error instanceof Failure && error.status === 401) pages.forget(request, reply);
        throw error;
      });
      return pages.answer(request, reply, tokens);
    },
  );

  app.post(
    '/auth/logout',
    {
      config: { access: 'person' },
      schema: {
        tags,
        summary: 'End the current session: its tokens stop at once.',
        description: 'With the header `X-Session: cookie` the cookie goes as well.',
        response: { 200: Success, ...failsWith('CROSS_ORIGIN_REFUSED') },
      },
    },
    async (request, reply) => {
      pages.originOf(request);
      await signIn.logout(request.actor);
      pages.forget(request, reply);
      return { success: true };
    },
  );
}
