import Type, { type Static } from 'typebox';
import { Nullable } from '../../../http/schema.ts';
import { bulkFields, choiceOf, firstFailures } from '../../bulk-acts/index.ts';

const acts = [
  ...(['archive', 'unarchive', 'read', 'unread', 'mute', 'unmute', 'close', 'open'] as const),
  ...(['assign', 'add-labels', 'remove-labels'] as const),
] as const;
export type ConversationAct = (typeof acts)[number];

/** More profiles at once are refused. */
const profilesMax = 200;

const Filter = Type.Object(
  {
    profileIds: Type.Optional(
      Type.Array(Type.String({ maxLength: 64 }), { minItems: 1, maxItems: profilesMax }),
    ),
    type: Type.Optional(Type.Enum(['user', 'group', 'broadcast', 'newsletter'] as const)),
    archived: Type.Optional(Type.Boolean()),
    unread: Type.Optional(Type.Boolean()),
    pinned: Type.Optional(Type.Boolean()),
    assignee: Type.Optional(Type.String({ maxLength: 64 })),
    label: Type.Optional(Type.String({ maxLength: 64 })),
    status: Type.Optional(Type.Enum(['open', 'closed', 'snoozed'] as const)),
    search: Type.Optional(Type.String({ maxLength: 200 })),
  },
  { description: 'All that `GET /conversations` would list with it; `{}`: all that the caller may act in.' },
);

export const ConversationBulkOrder = Type.Object(
  {
    act: Type.Enum([...acts], { description: '`assign` needs the permission to give conversations.' }),
    userId: Type.Optional(
      Nullable(Type.String({ maxLength: 64, description: 'Of `assign`: a member; null: nobody.' })),
    ),
    labelIds: Type.Optional(
      Type.Array(Type.String({ format: 'uuid' }), {
        ...{ minItems: 1, maxItems: 100, description: 'Of `add-labels` and `remove-labels`.' },
      }),
    ),
    until: Type.Optional(
      Type.String({ format: 'date-time', description: 'Of `mute`: when it ends; absent: never.' }),
    ),
    ...choiceOf(Filter),
  },
  { title: 'ConversationBulkOrder', examples: [{ act: 'archive', filter: { status: 'closed' } }] },
);
export type ConversationOrder = Static<typeof ConversationBulkOrder>;

/** What goes with an act, in answers and events. */
export const bulkAbout = {
  userId: Type.Optional(Nullable(Type.String())),
  labelIds: Type.Optional(Type.Array(Type.String())),
  until: Type.Optional(Type.String()),
};

export const ConversationBulk = Type.Object(
  {
    ...bulkFields,
    profileId: Nullable(Type.String({ description: 'Null: it may be about several profiles.' })),
    act: Type.Enum([...acts]),
    ...bulkAbout,
    failures: firstFailures,
  },
  { title: 'ConversationBulk' },
);
