import Type, { type Static } from 'typebox';
import { Email, Password } from '../fields.ts';
import { passwordLengthMax } from '../password/password-hash.ts';

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
    // No format and no minimum: a guess that no account can have is answered like any wrong one.
    email: Type.String({ maxLength: 1000, examples: ['owner@example.com'] }),
    password: Type.String({ maxLength: passwordLengthMax * 4, examples: ['three blue bicycles'] }),
  },
  { title: 'Login', examples: [{ email: 'owner@example.com', password: 'three blue bicycles' }] },
);

export const RefreshBody = Type.Object(
  { refreshToken: Type.String({ maxLength: 4000, examples: ['mwr_q9…'] }) },
  { title: 'Refresh', examples: [{ refreshToken: 'mwr_q9…' }] },
);
