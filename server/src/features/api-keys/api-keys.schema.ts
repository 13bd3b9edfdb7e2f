import Type, { type Static } from 'typebox';
import { Absentable, Nullable, Timestamp, Uuid } from '../../http/schema.ts';

const Format = Type.Enum(['envelope', 'raw'] as const, {
  description: 'Response format for this key; null follows the server.',
});

export const CreateApiKey = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S', examples: ['n8n'] }),
    permissions: Absentable(
      Type.Array(Type.String({ maxLength: 100 }), {
        maxItems: 200,
        description:
          'Scopes; empty or `*` is everything its owner may do. Permissions like `message:send` work, too.',
      }),
    ),
    profileIds: Absentable(
      Type.Array(Type.String({ maxLength: 100 }), {
        maxItems: 1000,
        description: 'The only profiles it may touch; empty or absent is all that its owner may.',
      }),
    ),
    expiresInDays: Absentable(Type.Integer({ minimum: 1, maximum: 36_500 })),
    responseFormat: Absentable(Type.Enum(['envelope', 'raw', ''] as const)),
  },
  { title: 'CreateApiKey', examples: [{ name: 'n8n', permissions: ['message:send'], expiresInDays: 90 }] },
);
export type NewApiKey = Static<typeof CreateApiKey>;

const shared = {
  id: Uuid,
  userId: Uuid,
  name: Type.String({ examples: ['n8n'] }),
  prefix: Type.String({ examples: ['mwa_1f2e3d4c'] }),
  permissions: Type.Array(Type.String(), { examples: [['message:send']] }),
  profileIds: Nullable(
    Type.Array(Uuid, { description: 'The only profiles it may touch; null when it is not bound to any.' }),
  ),
  responseFormat: Nullable(Format),
  expiresAt: Nullable(Timestamp),
  createdAt: Timestamp,
};

export const ApiKey = Type.Object(
  {
    ...shared,
    key: Type.String({ examples: ['mwa_1f2e3d4c••••••••••••'], description: 'Masked.' }),
    lastUsedAt: Nullable(Timestamp),
    lastUsed: Nullable(Timestamp),
  },
  { title: 'ApiKey' },
);

export const CreatedApiKey = Type.Object(
  {
    ...shared,
    key: Type.String({
      examples: ['mwa_1f2e3d4c5b6a79880f1e2d3c4b5a69788f9eadbccbdaeb0c1d2e3f4051627384'],
      description: 'Shown only in this answer.',
    }),
  },
  { title: 'CreatedApiKey' },
);
