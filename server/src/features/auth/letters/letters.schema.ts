import Type from 'typebox';
import { Email, Password } from '../fields.ts';

const LinkToken = Type.String({
  maxLength: 200,
  examples: ['p9X…'],
  description: 'What follows `#token=` in the link of the letter.',
});

export const ForgotPasswordBody = Type.Object(
  { email: Email },
  { title: 'ForgotPassword', examples: [{ email: 'owner@example.com' }] },
);

export const ResetPasswordBody = Type.Object(
  { token: LinkToken, newPassword: Password },
  { title: 'ResetPassword', examples: [{ token: 'p9X…', newPassword: 'four green scooters' }] },
);

export const VerifyEmailBody = Type.Object(
  { token: LinkToken },
  { title: 'VerifyEmail', examples: [{ token: 'p9X…' }] },
);
