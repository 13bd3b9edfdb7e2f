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
    fromMe: Type.Boolean({ description: 'It was posted on the profile’s own phone.' }),
    type: Type.String({ examples: ['text'] }),
    content: Type.Record(Type.String(), Type.Unknown(), { examples: [{ text: 'Open until six.' }] }),
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
    revokedAt: row.revoked_at?.toISOString() ?? null,
    expiresAt: later(row.timestamp, shownMs).toISOString(),
    timestamp: row.timestamp.toISOString(),
    createdAt: row.created_at.toISOString(),
  };
}
