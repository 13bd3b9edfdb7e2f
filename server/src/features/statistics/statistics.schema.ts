import Type from 'typebox';
import { JsonObject, Nullable, Timestamp, Uuid } from '../../http/schema.ts';
import { rangeDaysMax } from './range.ts';

const Count = Type.Integer({ examples: [12] });
const Counts = (example: Record<string, number>) =>
  Type.Record(Type.String(), Type.Integer(), { examples: [example] });
const Day = Type.String({ examples: ['2026-02-05'] });

const profileId = Type.Optional(
  Type.String({ description: 'Absent: every profile that the caller may see.' }),
);
const rangeOf = (usual: number) => ({
  startDate: Type.Optional(
    Type.String({
      maxLength: 40,
      description:
        `The first day, by the clocks of the organization (\`settings.timeZone\`), or a moment of it; ${usual} days unless ` +
        `said, ${rangeDaysMax} at most.`,
      examples: ['2026-02-01'],
    }),
  ),
  endDate: Type.Optional(
    Type.String({ maxLength: 40, description: 'The last day; today unless said.', examples: ['2026-02-28'] }),
  ),
});

export const messageDaysUsual = 30;
export const responseDaysUsual = 7;
export const profilesMax = 100;
export const granularities = ['hour', 'day', 'week'] as const;

export const ProfileQuery = Type.Object({ profileId });
export const RangeQuery = Type.Object({ profileId, ...rangeOf(messageDaysUsual) });
export const TrendQuery = Type.Object({
  profileId,
  granularity: Type.Optional(Type.Enum(granularities, { description: '`day` unless said.' })),
  ...rangeOf(messageDaysUsual),
});
export const ResponseQuery = Type.Object({
  profileId,
  by: Type.Optional(
    Type.Enum(['person', 'automation'] as const, {
      description: 'Whose answers: those of people, unless said, or those that the server sent by itself.',
    }),
  ),
  ...rangeOf(responseDaysUsual),
});

export const ProfilesQuery = Type.Object({
  profileIds: Type.Optional(
    Type.String({
      maxLength: 4_000,
      description:
        `Up to ${profilesMax} profiles, separated by commas; those that the caller may not see are left out. Absent: the first ` +
        `${profilesMax} of the caller, by their ids.`,
      examples: ['0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11'],
    }),
  ),
  ...rangeOf(messageDaysUsual),
});

/** Times of answers can't be counted anew; messages can as long as they are kept. */
const OtherZoneUntil = Nullable(
  Type.String({
    description:
      'The organization has changed its time zone: up to this day days and hours are those of the clocks before. Null: none of the ' +
      'range is.',
    examples: ['2026-02-01'],
  }),
);

export const Dashboard = Type.Object(
  {
    profiles: Type.Object({ total: Count, connected: Count }),
    messages: Type.Object({ total: Count, today: Count }),
    contacts: Type.Object({ total: Count }),
    broadcasts: Type.Object({ total: Count }),
  },
  { title: 'StatisticsDashboard' },
);

export const MessageStatistics = Type.Object(
  {
    total: Count,
    byDirection: Counts({ incoming: 7, outgoing: 5 }),
    byType: Counts({ text: 11, image: 1 }),
    byStatus: Type.Record(Type.String(), Type.Integer(), {
      description: 'What has become of them; `received` are all that came in.',
      examples: [{ received: 7, sent: 2, read: 3 }],
    }),
    hourly: Type.Array(Type.Object({ hour: Type.Integer({ examples: [9] }), count: Count }), {
      description: 'All 24 hours of the day, over all days.',
    }),
    averagePerDay: Count,
    startDate: Day,
    endDate: Day,
    timeZone: Type.String({ examples: ['Asia/Jakarta'] }),
    isComplete: Type.Boolean({
      description:
        'False while messages from before an upgrade are still being counted, or all are counted anew by another time zone.',
      examples: [true],
    }),
    otherZoneUntil: OtherZoneUntil,
  },
  { title: 'MessageStatistics' },
);

export const MessageTrend = Type.Array(
  Type.Object({
    period: Type.String({
      description: '`2026-02-05 10:00`, `2026-02-05` or `2026-W06` (ISO 8601), by the granularity.',
      examples: ['2026-02-05'],
    }),
    incoming: Count,
    outgoing: Count,
  }),
);

export const ProfileTrends = Type.Object(
  {
    days: Type.Array(Day),
    profiles: Type.Array(
      Type.Object({
        profileId: Uuid,
        incoming: Type.Array(Count, { description: 'Of each of the days.' }),
        outgoing: Type.Array(Count, { description: 'Of each of the days.' }),
      }),
    ),
  },
  { title: 'ProfileTrends' },
);

export const ContactStatistics = Type.Object(
  {
    total: Count,
    withTags: Count,
    withoutTags: Count,
    recentlyActive: Type.Integer({
      description: 'Who wrote or was written to in the last seven days.',
      examples: [4],
    }),
    topTags: Type.Array(Type.Object({ tag: Type.String({ examples: ['customer'] }), count: Count })),
    growth: Type.Array(
      Type.Object({
        date: Day,
        count: Type.Integer({ description: 'Contacts that were added.', examples: [2] }),
        removed: Type.Integer({ description: 'Contacts that were deleted or merged.', examples: [0] }),
      }),
      { description: 'The last 30 days.' },
    ),
  },
  { title: 'ContactStatistics' },
);

export const BroadcastStatistics = Type.Object(
  {
    total: Count,
    byStatus: Counts({ completed: 3, running: 1 }),
    messages: Type.Object({ sent: Count, delivered: Count, failed: Count }),
    deliveryRate: Type.Integer({ description: 'Of those that were sent, in percent.', examples: [96] }),
    recentBroadcasts: Type.Array(
      Type.Object({
        id: Uuid,
        name: Type.String({ examples: ['February news'] }),
        status: Type.String({ examples: ['completed'] }),
        stats: JsonObject,
        createdAt: Timestamp,
      }),
    ),
  },
  { title: 'BroadcastStatistics' },
);

export const AutomationStatistics = Type.Object(
  {
    total: Count,
    active: Count,
    inactive: Count,
    totalTriggers: Count,
    byType: Counts({ keyword: 3 }),
    topAutomations: Type.Array(
      Type.Object({ id: Uuid, name: Type.String({ examples: ['Opening hours'] }), triggerCount: Count }),
    ),
  },
  { title: 'AutomationStatistics' },
);

const Seconds = (description: string) => Nullable(Type.Number({ description, examples: [42.5] }));

export const ResponseStatistics = Type.Object(
  {
    averageResponseTime: Seconds('Seconds; null without an answer.'),
    medianResponseTime: Seconds('Seconds, to 5 %; null without an answer.'),
    percentile95: Seconds('Seconds, to 5 %; null without an answer.'),
    responses: Type.Integer({ description: 'How many answers there were.', examples: [7] }),
    awaiting: Type.Integer({ description: 'Direct chats that wait for an answer now.', examples: [1] }),
    byHour: Type.Array(
      Type.Object({
        hour: Type.Integer({ examples: [9] }),
        avgResponseTime: Seconds('Of what was asked in this hour; null without an answer.'),
        responses: Count,
      }),
      { description: 'All 24 hours of the day, over all days.' },
    ),
    startDate: Day,
    endDate: Day,
    timeZone: Type.String({ examples: ['Asia/Jakarta'] }),
    otherZoneUntil: OtherZoneUntil,
  },
  { title: 'ResponseStatistics' },
);
