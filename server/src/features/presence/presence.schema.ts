import Type from 'typebox';
import { Nullable, Timestamp } from '../../http/schema.ts';

export const minutesUsual = 5;

export const FollowPresence = Type.Object(
  {
    minutes: Type.Optional(
      Nullable(
        Type.Integer({
          minimum: 1,
          maximum: 60,
          default: minutesUsual,
          description: 'For how long, from now.',
        }),
      ),
    ),
  },
  { title: 'FollowPresence', examples: [{ minutes: 10 }] },
);

export const PresenceFollowed = Type.Object(
  {
    success: Type.Boolean(),
    conversationId: Type.String(),
    until: Timestamp,
    connected: Type.Boolean({
      description: 'Whether the profile is connected; if not, it begins when it is.',
    }),
    showsOnline: Type.Boolean({
      description:
        'Whether the account is shown online meanwhile. WhatsApp tells who is there and who types only to accounts that are ' +
        '(then their own phone notifies of nothing); `settings.showOnline` of the profile decides.',
    }),
    note: Nullable(Type.String({ description: 'What stands in the way of hearing anything, in words.' })),
  },
  { title: 'PresenceFollowed' },
);
