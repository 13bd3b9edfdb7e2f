import Type from 'typebox';
import { failsWith } from '../../../http/fails-with.ts';
import { originOf } from '../../../http/origin.ts';
import { Success } from '../../../http/schema.ts';
import type { App } from '../../../platform/feature.ts';
import { SuccessMessage } from '../fields.ts';
import * as wire from './letters.schema.ts';
import type { PasswordReset } from './password-reset.ts';
import type { VerificationLetters } from './verification.ts';

const tags = ['Auth'];
const addition = 'An addition to the MultiWA API.';

/** A forgotten password and the verification of an e-mail address, both by letter. */
export function letterRoutes(
  app: App,
  { reset, verification }: { reset: PasswordReset; verification: VerificationLetters },
): void {
  app.post(
    '/auth/forgot-password',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Ask for a letter with a link to a new password.',
        description: `${addition} The answer is the same whether or not there is an account.`,
        body: wire.ForgotPasswordBody,
        response: { 200: SuccessMessage, ...failsWith('MAIL_NOT_CONFIGURED') },
      },
    },
    async (request) => reset.ask(request.body.email, originOf(request)),
  );

  app.post(
    '/auth/reset-password',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Set a new password with the link of a letter; every session ends.',
        description: `${addition} The link is good for one hour and once. The second factor stays.`,
        body: wire.ResetPasswordBody,
        response: { 200: Success, ...failsWith('LINK_NOT_VALID') },
      },
    },
    async (request) => reset.reset(request.body, originOf(request)),
  );

  app.post(
    '/auth/verify-email/request',
    {
      config: { access: 'person' },
      schema: {
        tags,
        summary: 'Send a letter that verifies the own e-mail address.',
        description: `${addition} Nothing is sent when the address is verified already.`,
        body: Type.Object({}, { examples: [{}] }),
        response: { 200: Success, ...failsWith('MAIL_NOT_CONFIGURED') },
      },
    },
    async (request) => verification.request(request.actor),
  );

  app.post(
    '/auth/verify-email',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Verify an e-mail address with the link of a letter.',
        description: `${addition} The link is good for one day and once, while the address stays the same.`,
        body: wire.VerifyEmailBody,
        response: { 200: Success, ...failsWith('LINK_NOT_VALID') },
      },
    },
    async (request) => verification.verify(request.body.token, originOf(request)),
  );
}
