import Type, { type Static } from 'typebox';
import { CursorQuery } from '../../http/list.ts';
import { Absentable, Nullable, Timestamp } from '../../http/schema.ts';
import { sendableTypes } from '../messages/index.ts';
import type { ScheduledRow } from './schedule.store.ts';

const statuses = ['pending', 'sent', 'failed', 'cancelled'] as const;
const profileId = '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11';

const to = Type.String({
  minLength: 1,
  maxLength: 64,
  description: 'A phone number with country code, however it is written, or a chat id.',
});
const type = Type.String({
  maxLength: 32,
  description: `The kind of message: ${sendableTypes.map((one) => `\`${one}\``).join(', ')}.`,
});
const content = Type.Union([Type.String({ maxLength: 65_536 }), Type.Record(Type.String(), Type.Unknown())], {
  description:
    'The fields of `POST /messages/<type>` beside `profileId` and `to`: also `quotedMessageId`, `mentions` and ' +
    '`clientReference`. A plain string is the text of a `text`.',
});
const scheduledAt = Type.String({
  maxLength: 64,
  description:
    'Not before then, in ISO 8601: with an offset (`Z`, `+07:00`), or as the clocks of `timeZone` show it.',
});
const timeZone = Absentable(
  Type.String({
    maxLength: 64,
    description: 'An IANA time zone. It counts where `scheduledAt` has no offset of its own.',
    examples: ['Asia/Jakarta'],
  }),
);

export const ScheduleBody = Type.Object(
  { profileId: Type.String({ minLength: 1 }), to, type, content, scheduledAt, timeZone },
  {
    title: 'ScheduleMessage',
    examples: [
      {
        ...{ profileId, to: '628123456789', type: 'text', content: { text: 'We open in an hour.' } },
        ...{ scheduledAt: '2035-03-01T06:00:00', timeZone: 'Asia/Jakarta' },
      },
    ],
  },
);
export type ScheduleRequest = Static<typeof ScheduleBody>;

export const ChangeBody = Type.Object(
  {
    to: Type.Optional(to),
    type: Type.Optional(type),
    content: Type.Optional(content),
    scheduledAt: Type.Optional(scheduledAt),
    timeZone,
  },
  { title: 'ChangeScheduledMessage', examples: [{ scheduledAt: '2035-03-01T07:00:00+07:00' }] },
);
export type ChangeRequest = Static<typeof ChangeBody>;

export const ScheduleQuery = Type.Object({
  ...CursorQuery.properties,
  status: Type.Optional(Type.Enum([...statuses])),
});

export const ScheduledMessage = Type.Object(
  {
    id: Type.String({ examples: ['0199d6a2-9c1e-7d10-8f2a-1c5b7e9a4d02'] }),
    profileId: Type.String({ examples: [profileId] }),
    to: Type.String({ examples: ['628123456789@c.us'] }),
    type: Type.String({ examples: ['text'] }),
    content: Type.Record(Type.String(), Type.Unknown(), {
      description: 'As the message will have it.',
      examples: [{ text: 'We open in an hour.' }],
    }),
    scheduledAt: Timestamp,
    status: Type.Enum([...statuses], {
      description: '`pending` until WhatsApp has the message (`sent`), or it is sure that it never will.',
    }),
    messageId: Nullable(Type.String({ description: 'The message that it has become at its time.' })),
    sentAt: Nullable(Timestamp),
    error: Nullable(Type.String()),
    errorCode: Nullable(Type.String({ description: 'As `failureCode` of messages.', examples: ['EXPIRED'] })),
    clientReference: Nullable(Type.String({ examples: ['order-1042'] })),
    origin: Type.Object(
      { kind: Type.String({ examples: ['api'] }), id: Nullable(Type.String()) },
      { description: 'Who scheduled it: a program with its key (`api`), or a person (`user`).' },
    ),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  },
  { title: 'ScheduledMessage' },
);
export type ScheduledView = Static<typeof ScheduledMessage>;

/** A scheduled message as clients see it; `shown` is what they see of its content. */
export function presentScheduled(row: ScheduledRow, shown: Record<string, unknown>): ScheduledView {
  return {
    id: row.id,
    profileId: row.profile_id,
    to: row.chat,
    type: row.type,
    content: shown,
    scheduledAt: row.scheduled_at.toISOString(),
    status: row.status,
    messageId: row.message_id,
    sentAt: row.sent_at?.toISOString() ?? null,
    error: row.error,
    errorCode: row.error_code,
    clientReference: row.client_reference,
    origin: { kind: row.origin_kind, id: row.origin_id },
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
