import Type, { type Static } from 'typebox';
import { cursorBesideOffset, PageQuery } from '../../http/list.ts';
import { Nullable, Timestamp, Uuid } from '../../http/schema.ts';
import { type NoticeKind, noticeKinds } from '../../platform/events/notice.ts';

const kinds = Object.keys(noticeKinds) as NoticeKind[];
const example = {
  id: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11',
  userId: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c12',
  type: 'message' as const,
  title: 'Budi',
  body: 'Is there bread left?',
  metadata: { conversationId: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c13' },
  count: 3,
  isRead: false,
  readAt: null,
  createdAt: '2026-02-05T10:00:00.000Z',
  updatedAt: '2026-02-05T10:02:00.000Z',
};

export const Notification = Type.Object(
  {
    id: Uuid,
    userId: Uuid,
    type: Type.Enum(kinds, {
      description: kinds.map((kind) => `\`${kind}\`: ${noticeKinds[kind]}`).join(' '),
    }),
    title: Type.String(),
    body: Type.String({ description: 'Of several the last, at most 300 characters.' }),
    metadata: Nullable(
      Type.Record(Type.String(), Type.Unknown(), {
        description: 'Where it leads: `profileId`, `conversationId`, `messageId` and the like.',
      }),
    ),
    count: Type.Integer({
      description: 'What it stands for: further messages of a conversation are counted.',
    }),
    isRead: Type.Boolean(),
    readAt: Nullable(Timestamp),
    createdAt: Timestamp,
    updatedAt: Type.String({
      ...Timestamp,
      description: 'When it last counted one; the list is ordered by it.',
    }),
  },
  { title: 'Notification', examples: [example] },
);
export type NotificationView = Static<typeof Notification>;

export const NotificationsQuery = Type.Object({
  unread: Type.Optional(Type.Boolean({ description: '`true`: only what is unread.' })),
  ...PageQuery.properties,
  cursor: cursorBesideOffset('`nextCursor`'),
});

export const NotificationList = Type.Object(
  {
    notifications: Type.Array(Notification),
    total: Type.Integer({ examples: [1] }),
    nextCursor: Nullable(Type.String({ description: 'Null on the last page.' })),
  },
  { title: 'NotificationList', examples: [{ notifications: [example], total: 1, nextCursor: null }] },
);

export const UnreadCount = Type.Object(
  { count: Type.Integer({ examples: [1] }) },
  { title: 'UnreadNotifications' },
);
