import Type from 'typebox';
import { Absentable, Success, Timestamp } from '../../../http/schema.ts';

export const MuteBody = Type.Object(
  {
    muted: Absentable(Type.Boolean({ description: 'Absent, and without `until`: it changes sides.' })),
    until: Absentable(
      Type.String({ ...Timestamp, description: 'When it ends by itself; absent: never. In the future.' }),
    ),
  },
  { examples: [{ muted: true, until: '2035-01-01T00:00:00.000Z' }] },
);

export const PinBody = Type.Object(
  { pinned: Absentable(Type.Boolean({ description: 'Absent: it changes sides.' })) },
  { examples: [{ pinned: true }] },
);

export const Archived = Type.Object(
  { ...Success.properties, isArchived: Type.Boolean() },
  { title: 'ConversationArchived', examples: [{ success: true, isArchived: true }] },
);

export const Muted = Type.Object(
  {
    ...Success.properties,
    isMuted: Type.Boolean(),
    mutedUntil: Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time' }),
  },
  { title: 'ConversationMuted', examples: [{ success: true, isMuted: true, mutedUntil: null }] },
);

export const Pinned = Type.Object(
  { ...Success.properties, isPinned: Type.Boolean() },
  { title: 'ConversationPinned', examples: [{ success: true, isPinned: true }] },
);
