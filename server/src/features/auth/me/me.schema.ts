import Type from 'typebox';
import { JsonObject, Nullable, Timestamp, Uuid } from '../../../http/schema.ts';

export const Me = Type.Object(
  {
    id: Uuid,
    organizationId: Uuid,
    email: Type.String({ examples: ['owner@example.com'] }),
    emailVerified: Type.Boolean({ examples: [true], description: 'A link sent to the address was opened.' }),
    name: Type.String({ examples: ['Ana'] }),
    role: Type.String({ examples: ['owner'] }),
    permissions: Type.Array(Type.String(), {
      examples: [['message:read', 'message:send']],
      description: 'What counts in the whole organization.',
    }),
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
      defaultCountry: Nullable(Type.String({ examples: ['ID'] })),
      settings: JsonObject,
      createdAt: Timestamp,
      updatedAt: Timestamp,
    }),
    backupCodesRemaining: Type.Integer(),
  },
  { title: 'Me' },
);

/** Any object; what the server reads of it must make sense. */
export const Preferences = Type.Unsafe<Record<string, unknown>>({
  type: 'object',
  additionalProperties: true,
  title: 'Preferences',
  description:
    'Anything a client wants to keep. The server reads `notifyOnMessage`, `notifyOnConnect`, `notifyOnDisconnect`, ' +
    '`pushNotifications` (all true by default), `emailNotifications` (false; what is `system` or `security` goes by letter ' +
    'unless it is set to false), and `notifications`: `timeZone` (UTC), `quietHours` (`from`, `to`; letters and pushes wait), ' +
    '`digestHour` (9) and `kinds`, by kind: `inApp` (true or false), `email` and `push` (`instant`, `hourly`, `daily` or ' +
    '`off`).',
  examples: [
    {
      notifyOnMessage: true,
      emailNotifications: false,
      notifications: {
        timeZone: 'Asia/Jakarta',
        quietHours: { from: '22:00', to: '06:30' },
        kinds: { message: { inApp: true, email: 'daily', push: 'instant' } },
      },
    },
  ],
});
