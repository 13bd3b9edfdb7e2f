import Type, { type Static } from 'typebox';
import { Absentable, Nullable, Timestamp, Uuid } from '../../../http/schema.ts';

const Sequence = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

export const StartReplay = Type.Object(
  {
    from: Absentable({ ...Timestamp, description: 'Events that happened at this moment or later.' }),
    until: Absentable({ ...Timestamp, description: 'And not later than this.' }),
    after: Absentable({
      ...Sequence,
      description: 'Events behind this `sequence`; 0 for all that are kept.',
    }),
    afterEventId: Absentable({ ...Uuid, description: 'Events behind this one.' }),
    events: Absentable(
      Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
        maxItems: 200,
        description: 'Only these of the events that the webhook hears.',
      }),
    ),
    onlyMissing: Absentable(
      Type.Boolean({
        description: 'Only what never arrived: what failed, and what was never to be delivered.',
      }),
    ),
  },
  {
    title: 'StartWebhookReplay',
    examples: [{ from: '2026-02-05T10:00:00.000Z', until: '2026-02-05T12:00:00.000Z', onlyMissing: true }],
  },
);

const replayStatuses = ['running', 'done', 'stopped'] as const;

export const Replay = Type.Object(
  {
    id: Uuid,
    webhookId: Uuid,
    status: Type.Enum([...replayStatuses]),
    onlyMissing: Type.Boolean(),
    events: Nullable(Type.Array(Type.String())),
    from: Nullable(Timestamp),
    until: Nullable(Timestamp),
    after: Type.Integer({ description: 'It began behind this `sequence`.' }),
    upTo: Type.Integer({ description: 'The newest event when it was asked for; later ones come anyway.' }),
    position: Type.Integer({
      description: 'How far it is. Where it was stopped, another goes on `after` this.',
    }),
    percent: Type.Integer({ minimum: 0, maximum: 100 }),
    found: Type.Integer({ description: 'Events that the webhook hears.' }),
    made: Type.Integer({ description: 'Deliveries that were made anew or made due again.' }),
    error: Nullable(Type.String({ description: 'Why it was stopped.' })),
    createdAt: Timestamp,
    updatedAt: Timestamp,
    finishedAt: Nullable(Timestamp),
  },
  { title: 'WebhookReplay' },
);

export const ReplayPage = Type.Object(
  { replays: Type.Array(Replay), nextCursor: Nullable(Type.String()), hasMore: Type.Boolean() },
  { title: 'WebhookReplayPage' },
);

export type StartReplayBody = Static<typeof StartReplay>;
