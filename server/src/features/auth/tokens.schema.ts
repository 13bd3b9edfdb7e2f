import Type, { type Static } from 'typebox';
import { Uuid } from '../../http/schema.ts';

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
    refreshToken: Type.Optional(
      Type.String({ examples: ['mwr_q9…'], description: 'Absent only where it stands in a cookie.' }),
    ),
    expiresIn: Type.Integer({ examples: [604_800], description: 'Seconds the access token is good for.' }),
    user: UserSummary,
  },
  { title: 'TokenResponse' },
);
export type TokenAnswer = Static<typeof TokenResponse>;
