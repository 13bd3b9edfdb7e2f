import Type, { type Static } from 'typebox';
import { Nullable } from '../../../http/schema.ts';
import { bulkFields, choiceOf, firstFailures } from '../../bulk-acts/index.ts';
import { FilterQuery, StatusQuery } from '../profile-list.ts';
import { Labels, pace } from '../profiles.schema.ts';

const acts = [
  ...(['connect', 'disconnect', 'pause-sending', 'resume-sending'] as const),
  ...(['add-labels', 'remove-labels', 'set-limits', 'delete'] as const),
] as const;
export type ProfileAct = (typeof acts)[number];

/** Of `set-limits`: what is absent stays. */
const limits = {
  messageDelayMs: Type.Optional(pace.messageDelayMs),
  messageDelayJitterMs: Type.Optional(pace.messageDelayJitterMs),
  dailyMessageLimit: Type.Optional(Nullable(pace.dailyMessageLimit)),
};
export const limitNames = Object.keys(limits) as (keyof typeof limits)[];

export const ProfileBulkOrder = Type.Object(
  {
    act: Type.Enum([...acts], {
      description:
        '`connect` and `disconnect` need the permission to connect profiles, `delete` the one to delete them. `delete` unlinks each ' +
        'phone first.',
    }),
    labels: Type.Optional({ ...Labels, description: 'Of `add-labels` and `remove-labels`.' }),
    ...limits,
    ...choiceOf(
      Type.Object(
        { ...FilterQuery.properties, status: StatusQuery },
        {
          description: 'All that `GET /profiles` would list with it; `{}`: all that the caller may do it to.',
        },
      ),
    ),
  },
  {
    title: 'ProfileBulkOrder',
    examples: [{ act: 'add-labels', labels: ['bakery'], filter: { search: 'front' } }],
  },
);
export type ProfileOrder = Static<typeof ProfileBulkOrder>;

/** What goes with an act, in answers and events. */
export const bulkAbout = { labels: Type.Optional(Type.Array(Type.String())), ...limits };

export const ProfileBulk = Type.Object(
  {
    ...bulkFields,
    profileId: Nullable(Type.String({ description: 'Null: it is about several.' })),
    act: Type.Enum([...acts]),
    ...bulkAbout,
    failures: firstFailures,
  },
  { title: 'ProfileBulk' },
);
