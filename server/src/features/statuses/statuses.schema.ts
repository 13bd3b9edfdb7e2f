import Type, { type Static } from 'typebox';
import { cursorOf, limitOf } from '../../http/list.ts';
import { Nullable, Timestamp } from '../../http/schema.ts';
import { dayMs, later } from '../../platform/clock.ts';
import type { StatusRow } from './statuses.store.ts';

/** Phones show a status for a day. */
const shownMs = dayMs;

export const Status = Type.Object(
  {
    id: Type.String({ examples: ['0199d6a2-9c1e-7d10-8f2a-1c5b7e9a4d02'] }),
    profileId: Type.String(),
    waMessageId: Type.String({ examples: ['3EB0C431C26A1916E07A'] }),
    senderJid: Nullable(Type.String({ examples: ['628123456789@c.us'] })),
    senderName: Nullable(Type.String({ examples: ['Dana'] })),
    fromMe: Type.Boolean({ description: 'It was posted by the profile, on its own phone or from here.' }),
    type: Type.String({ examples: ['text'] }),
    content: Type.Record(Type.String(), Type.Unknown(), { examples: [{ text: 'Open until six.' }] }),
    status: Nullable(
      Type.Enum(['queued', 'sent', 'failed', 'expired', 'cancelled'] as const, {
        description: 'Of one posted from here: what became of it. Else null.',
      }),
    ),
    failureCode: Nullable(Type.String({ description: 'As `failureCode` of messages.' })),
    failureReason: Nullable(Type.String()),
    audienceCount: Nullable(Type.Integer({ description: 'To how many people it was posted from here.' })),
    origin: Nullable(
      Type.Object(
        { kind: Type.String({ examples: ['api'] }), id: Nullable(Type.String()) },
        { description: 'Why one of ours exists, as of messages.' },
      ),
    ),
    clientReference: Nullable(Type.String()),
    revokedAt: Nullable(
      Type.String({ format: 'date-time', description: 'When whoever posted it took it back.' }),
    ),
    expiresAt: Type.String({
      format: 'date-time',
      description: 'When it vanishes from phones. Here it stays.',
    }),
    timestamp: Timestamp,
    createdAt: Timestamp,
  },
  { title: 'Status' },
);
export type StatusView = Static<typeof Status>;

export const StatusId = Type.Object({
  id: Type.String({ maxLength: 128, description: 'Our id or the WhatsApp id of the status update.' }),
});

export const StatusViews = Type.Array(
  Type.Object({
    personJid: Type.String({
      description: '`…@lid` while the number is unknown.',
      examples: ['628123456789@c.us'],
    }),
    deliveredAt: Timestamp,
    viewedAt: Nullable(Timestamp),
  }),
);

/** A status update as clients see it, with links to its file. */
export type PresentStatus = (row: StatusRow) => StatusView;

export const StatusPage = Type.Object(
  { statuses: Type.Array(Status), cursor: Nullable(Type.String()) },
  { title: 'StatusPage' },
);

export const StatusesQuery = Type.Object({
  limit: limitOf(),
  cursor: cursorOf('`cursor`'),
});

/** A status update as clients see it. */
export function presentStatus(row: StatusRow): StatusView {
  return {
    id: row.id,
    profileId: row.profile_id,
    waMessageId: row.wa_message_id,
    senderJid: row.author,
    senderName: row.author_name,
    fromMe: row.from_me,
    type: row.type,
    content: row.content,
    status: row.status as StatusView['status'],
    failureCode: row.failure_code,
    failureReason: row.failure_reason,
    audienceCount: row.audience_count,
    origin: row.origin_kind === null ? null : { kind: row.origin_kind, id: row.origin_id },
    clientReference: row.client_reference,
    revokedAt: row.revoked_at?.toISOString() ?? null,
    expiresAt: later(row.timestamp, shownMs).toISOString(),
    timestamp: row.timestamp.toISOString(),
    createdAt: row.created_at.toISOString(),
  };
}
