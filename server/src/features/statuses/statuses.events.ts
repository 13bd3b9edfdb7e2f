import Type from 'typebox';
import { Nullable } from '../../http/schema.ts';
import { defineEvent } from '../../platform/events/define.ts';
import { example } from '../../platform/events/example.ts';

const Text = Type.String();
/** Status updates are a chat of their own. */
const factsOf =
  (direction: 'incoming' | 'outgoing') =>
  ({ body }: { body: { status: Record<string, unknown> } }) => ({
    chat: 'status@broadcast',
    direction,
    ...(typeof body.status.type === 'string' && { kind: body.status.type }),
  });
const whichExample = {
  profileId: example.profileId,
  statusId: '0199d6a2-9c1e-7d10-8f2a-1c5b7e9a4d02',
  waMessageId: example.waMessageId,
};
const exampleOf = (more: object) => ({
  profileId: example.profileId,
  status: {
    ...{ id: whichExample.statusId, profileId: example.profileId, waMessageId: example.waMessageId },
    ...{ type: 'text', content: { text: 'Open until six.' }, timestamp: example.timestamp, ...more },
  },
});
/** The status update itself, for whoever may read messages. */
const ofStatus = {
  permission: 'message:read',
  body: Type.Object({ profileId: Text, status: Type.Record(Type.String(), Type.Unknown()) }),
} as const;

export const statusReceived = defineEvent({
  name: 'status.received',
  what: 'Somebody posted a status update (a story). It is no message: it belongs to no conversation and is never unread.',
  ...ofStatus,
  example: exampleOf({ fromMe: false, senderJid: example.chatId, senderName: 'Ani' }),
  facts: factsOf('incoming'),
});

export const statusPosted = defineEvent({
  name: 'status.posted',
  what: 'A status update of the profile was posted: on its own phone, or from here once WhatsApp has it.',
  ...ofStatus,
  example: exampleOf({ fromMe: true, status: 'sent' }),
  facts: factsOf('outgoing'),
});

export const statusFailed = defineEvent({
  name: 'status.failed',
  what: 'A status update that we had accepted reaches nobody; `failureCode` and `failureReason` say why.',
  ...ofStatus,
  example: exampleOf({
    fromMe: true,
    status: 'failed',
    failureCode: 'REFUSED',
    failureReason: 'WhatsApp refused it.',
  }),
  facts: factsOf('outgoing'),
});

export const statusViewed = defineEvent({
  name: 'status.viewed',
  what: 'Somebody has looked at a status update of the profile, for the first time.',
  permission: 'message:read',
  example: { ...whichExample, by: example.chatId, timestamp: example.timestamp },
  body: Type.Object({ profileId: Text, statusId: Text, waMessageId: Text, by: Text, timestamp: Text }),
});

export const statusMedia = defineEvent({
  name: 'status.media',
  what: 'The file of a status update was fetched, or can’t be: as `message.media` tells it of messages.',
  permission: 'message:read',
  example: {
    ...whichExample,
    from: example.chatId,
    type: 'image',
    media: {
      state: 'stored',
      url: 'https://example.com/api/v1/media/…',
      mimeType: 'image/jpeg',
      size: 48213,
    },
    timestamp: example.timestamp,
  },
  body: Type.Object({
    profileId: Text,
    statusId: Text,
    waMessageId: Text,
    from: Nullable(Text),
    type: Text,
    media: Type.Record(Type.String(), Type.Unknown()),
    timestamp: Text,
  }),
});

export const statusRevoked = defineEvent({
  name: 'status.revoked',
  what: 'Whoever posted a status update took it back.',
  ...ofStatus,
  example: exampleOf({ fromMe: false, senderJid: example.chatId, revokedAt: example.timestamp }),
  facts: factsOf('incoming'),
});

export const statusReaction = defineEvent({
  name: 'status.reaction',
  what: 'Somebody reacted to a status update of the profile; an empty `emoji` takes the reaction back.',
  permission: 'message:read',
  example: {
    profileId: example.profileId,
    waMessageId: example.waMessageId,
    from: example.chatId,
    emoji: '❤️',
  },
  body: Type.Object({
    profileId: Text,
    waMessageId: Text,
    from: Nullable(Text),
    emoji: Text,
  }),
});
