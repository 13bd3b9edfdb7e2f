import Type, { type Static } from 'typebox';
import { Absentable, Uuid } from '../../../http/schema.ts';
import { Code, Email, Password } from '../fields.ts';
import { passwordLengthMax } from '../password/password-hash.ts';
import { TokenResponse } from '../tokens.schema.ts';

const Name = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' });

export const RegisterBody = Type.Object(
  { email: Email, password: Password, name: Name, organizationName: Name },
  {
    title: 'Register',
    examples: [
      {
        email: 'owner@example.com',
        password: 'three blue bicycles',
        name: 'Ana',
        organizationName: 'Corner Bakery',
      },
    ],
  },
);
export type Registration = Static<typeof RegisterBody>;

export const LoginBody = Type.Object(
  {
    // No format and no minimum: an address that no account can have is answered like a wrong password.
    email: Type.String({ maxLength: 1000, examples: ['owner@example.com'] }),
    password: Type.String({ maxLength: passwordLengthMax * 4, examples: ['three blue bicycles'] }),
  },
  { title: 'Login', examples: [{ email: 'owner@example.com', password: 'three blue bicycles' }] },
);

export const RefreshBody = Type.Object(
  {
    refreshToken: Type.Optional(
      Type.String({
        maxLength: 4000,
        examples: ['mwr_q9…'],
        description: 'Absent only where a cookie has it.',
      }),
    ),
  },
  { title: 'Refresh', examples: [{ refreshToken: 'mwr_q9…' }] },
);

export const SecondFactorDue = Type.Object(
  {
    requires2FA: Type.Boolean({ examples: [true] }),
    userId: Uuid,
    challenge: Type.String({
      examples: ['mwc_b1…'],
      description: 'Proves this login to `POST /auth/2fa/verify`.',
    }),
    expiresIn: Type.Integer({ examples: [300], description: 'Seconds the challenge is good for.' }),
  },
  { title: 'SecondFactorDue' },
);
export type SecondFactorDue = Static<typeof SecondFactorDue>;

/** Tokens, or what the second step needs. */
export const LoginAnswer = Type.Union([TokenResponse, SecondFactorDue]);

export const SecondStepBody = Type.Object(
  {
    // Any text: an id of nobody is answered like that of a user who has not entered the password.
    userId: Type.String({ maxLength: 64, examples: ['0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11'] }),
    token: Code,
    challenge: Absentable(
      Type.String({
        maxLength: 200,
        examples: ['mwc_b1…'],
        description: 'From the answer of the login. Absent: the last login of this user from this address.',
      }),
    ),
  },
  {
    title: 'SecondStep',
    examples: [{ userId: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11', token: '492039', challenge: 'mwc_b1…' }],
  },
);
export type SecondStep = Static<typeof SecondStepBody>;
