import Type, { type Static } from 'typebox';
import { JsonObject, Nullable, Timestamp, Uuid } from '../../http/schema.ts';
import { passwordLengthMax } from './password-hash.ts';

const Email = Type.String({ format: 'email', maxLength: 254, examples: ['owner@example.com'] });
const Password = Type.String({
  maxLength: passwordLengthMax * 4,
  examples: ['three blue bicycles'],
  description: 'Any characters, spaces too. Common passwords are refused.',
});
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

const UserSummary = Type.Object({
  id: Uuid,
  email: Type.String({ examples: ['owner@example.com'] }),
  name: Type.String({ examples: ['Ana'] }),
  role: Type.String({ examples: ['owner'] }),
  organizationId: Uuid,
});

export const TokenResponse = Type.Object(
  {
    accessToken: Type.String({ examples: ['eyJhbGciOiJIUzI1NiJ9…'] }),
    refreshToken: Type.String({ examples: ['mwr_q9…'] }),
    expiresIn: Type.Integer({ examples: [604_800], description: 'Seconds the access token is good for.' }),
    user: UserSummary,
  },
  { title: 'TokenResponse' },
);
export type TokenAnswer = Static<typeof TokenResponse>;

export const Me = Type.Object(
  {
    id: Uuid,
    organizationId: Uuid,
    email: Type.String({ examples: ['owner@example.com'] }),
    name: Type.String({ examples: ['Ana'] }),
    role: Type.String({ examples: ['owner'] }),
    isActive: Type.Boolean(),
    preferences: JsonObject,
    lastLoginAt: Nullable(Timestamp),
    createdAt: Timestamp,
    updatedAt: Timestamp,
    twoFactorEnabled: Type.Boolean({ examples: [false] }),
    organization: Type.Object({
      id: Uuid,
      name: Type.String({ examples: ['Corner Bakery'] }),
      slug: Type.String({ examples: ['corner-bakery-1f2e3d4c'] }),
      plan: Type.String({ examples: ['free'] }),
      settings: JsonObject,
      createdAt: Timestamp,
      updatedAt: Timestamp,
    }),
    backupCodesRemaining: Type.Integer(),
  },
  { title: 'Me' },
);

export const Session = Type.Object(
  {
    id: Uuid,
    ipAddress: Nullable(Type.String({ examples: ['203.0.113.7'] })),
    userAgent: Nullable(Type.String({ examples: ['Mozilla/5.0 … Firefox/140.0'] })),
    device: Type.String({ examples: ['Firefox'] }),
    current: Type.Boolean({ description: 'Whether this request came through it.' }),
    lastActiveAt: Timestamp,
    createdAt: Timestamp,
    expiresAt: Timestamp,
  },
  { title: 'Session' },
);

export const RevokedSessions = Type.Object(
  { success: Type.Boolean(), revokedCount: Type.Integer({ examples: [2] }) },
  { title: 'RevokedSessions' },
);
