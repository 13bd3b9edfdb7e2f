import Type from 'typebox';
import { Nullable } from '../../http/schema.ts';
import { defineEvent } from '../../platform/events/define.ts';

const Text = Type.String();
/** Status updates are a chat of their own. */
const factsOf =
  (direction: 'incoming' | 'outgoing') =>
  ({ body }: { body: { status: Record<string, unknown> } }) => ({
    chat: 'status@broadcast',
    direction,
    ...(typeof body.status.type === 'string' && { kind: body.status.type }),
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
  facts: factsOf('incoming'),
});

export const statusPosted = defineEvent({
  name: 'status.posted',
  what: 'A status update of the profile was posted: on its own phone, or from here once WhatsApp has it.',
  ...ofStatus,
  facts: factsOf('outgoing'),
});

export const statusFailed = defineEvent({
  name: 'status.failed',
  what: 'A status update that we had accepted reaches nobody; `failureCode` and `failureReason` say why.',
  ...ofStatus,
  facts: factsOf('outgoing'),
});

export const statusViewed = defineEvent({
  name: 'status.viewed',
  what: 'Somebody has looked at a status update of the profile, for the first time.',
  permission: 'message:read',
  body: Type.Object({ profileId: Text, statusId: Text, waMessageId: Text, by: Text, timestamp: Text }),
});

export const statusMedia = defineEvent({
  name: 'status.media',
  what: 'The file of a status update was fetched, or can’t be: as `message.media` tells it of messages.',
  permission: 'message:read',
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
  facts: factsOf('incoming'),
});

export const statusReaction = defineEvent({
  name: 'status.reaction',
  what: 'Somebody reacted to a status update of the profile; an empty `emoji` takes the reaction back.',
  permission: 'message:read',
  body: Type.Object({
    profileId: Text,
    waMessageId: Text,
    from: Nullable(Text),
    emoji: Text,
  }),
});
