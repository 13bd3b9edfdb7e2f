import Type, { type Static } from 'typebox';
import { Absentable, Nullable, Timestamp, Uuid } from '../../../http/schema.ts';

const Tags = Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 50 }));
const Moment = Type.Optional(
  Type.String({ format: 'date-time', maxLength: 40, examples: ['2026-01-01T00:00:00.000Z'] }),
);
const Name = Type.String({ minLength: 1, maxLength: 100, examples: ['Regulars of the market'] });

/** All of it must hold. */
export const SegmentFilter = Type.Object(
  {
    tags: Type.Optional(Type.Object({ all: Tags, any: Tags, none: Tags })),
    fields: Type.Optional(
      Type.Array(
        Type.Object({
          field: Type.String({ minLength: 1, maxLength: 200, description: 'Of `metadata`.' }),
          is: Type.Enum(['equal', 'exists', 'missing'] as const),
          value: Type.Optional(
            Type.String({ maxLength: 1_000, description: 'For `equal`: numbers and booleans as text.' }),
          ),
        }),
        { maxItems: 20 },
      ),
    ),
    activeSince: Moment,
    inactiveSince: Moment,
    hasConversation: Type.Optional(Type.Boolean()),
    isBlocked: Type.Optional(Type.Boolean()),
    isOptedOut: Type.Optional(
      Type.Boolean({ description: 'Whether they said that they want no messages (`GET /opt-outs`).' }),
    ),
  },
  { title: 'SegmentFilter', description: 'All that is given must hold; an empty one is everybody.' },
);
export type SegmentFilter = Static<typeof SegmentFilter>;

const row = {
  id: Uuid,
  profileId: Nullable(Type.String({ description: 'Null: contacts of every profile.' })),
  name: Name,
  filter: SegmentFilter,
  createdAt: Timestamp,
  updatedAt: Timestamp,
};
export const SegmentItem = Type.Object(row, { title: 'SegmentItem' });
export const Segment = Type.Object(
  { ...row, count: Type.Integer({ description: 'The contacts that match now.' }) },
  { title: 'Segment' },
);

export const CreateSegment = Type.Object(
  {
    name: Name,
    profileId: Absentable(Type.String({ maxLength: 64, description: 'Absent: every profile.' })),
    filter: SegmentFilter,
  },
  {
    title: 'CreateSegment',
    examples: [{ name: 'Regulars of the market', filter: { tags: { all: ['regular'], none: ['moved'] } } }],
  },
);
export const UpdateSegment = Type.Object(
  { name: Type.Optional(Name), filter: Type.Optional(SegmentFilter) },
  { title: 'UpdateSegment', examples: [{ filter: { tags: { any: ['regular', 'market'] } } }] },
);
