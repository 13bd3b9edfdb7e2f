import Type from 'typebox';
import { limitOf } from '../../http/list.ts';
import { JsonObject, Nullable, Timestamp, Uuid } from '../../http/schema.ts';

export const EventsQuery = Type.Object({
  after: Type.Optional(
    Type.String({
      pattern: '^([0-9]{1,15}|now)$',
      description: 'The `cursor` of the page before, a `sequence`, or `now`. Absent: the oldest event kept.',
      examples: ['0'],
    }),
  ),
  limit: limitOf(),
  profileId: Type.Optional(Type.String({ description: 'Only events of this profile.' })),
  event: Type.Optional(
    Type.String({
      maxLength: 2000,
      description: 'Only these events, separated by commas: names, or prefixes such as `message.*`.',
      examples: ['message.*'],
    }),
  ),
});

export const EventOnWire = Type.Object(
  {
    id: Uuid,
    event: Type.String({ examples: ['message.received'] }),
    sequence: Type.Integer({ examples: [42] }),
    timestamp: Timestamp,
    profileId: Nullable(Type.String()),
    data: JsonObject,
  },
  { title: 'Event' },
);

export const EventPage = Type.Object(
  {
    events: Type.Array(EventOnWire),
    cursor: Type.Integer({ description: 'Where the next page begins, also when this one is empty.' }),
    hasMore: Type.Boolean(),
  },
  { title: 'EventPage' },
);

export const Catalogue = Type.Object(
  {
    events: Type.Array(
      Type.Object({
        name: Type.String({ examples: ['message.received'] }),
        what: Type.String(),
        permission: Type.String({ examples: ['message:read'] }),
        isPassing: Type.Boolean({
          description: 'Sockets and streams hear it at its moment; webhooks and pages of events do not.',
        }),
        schema: Type.Record(Type.String(), Type.Unknown(), { description: 'JSON Schema of `data`.' }),
        example: JsonObject,
      }),
    ),
  },
  { title: 'EventCatalogue' },
);
