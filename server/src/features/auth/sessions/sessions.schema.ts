import Type from 'typebox';
import { Nullable, Timestamp, Uuid } from '../../../http/schema.ts';

export const Session = Type.Object(
  {
    id: Uuid,
    ipAddress: Nullable(Type.String({ examples: ['203.0.113.7'] })),
    place: Nullable(
      Type.String({
        examples: ['Local network'],
        description: 'The address in words: `This machine`, `Local network`, or the address itself.',
      }),
    ),
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
