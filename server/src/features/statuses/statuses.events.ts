import Type from 'typebox';
import { Nullable } from '../../http/schema.ts';
import { defineEvent } from '../../platform/events/define.ts';

const Text = Type.String();
/** The status update itself, for whoever may read messages. */
const ofStatus = {
  permission: 'message:read',
  body: Type.Object({ profileId: Text, status: Type.Record(Type.String(), Type.Unknown()) }),
} as const;

export const statusReceived = defineEvent({
  name: 'status.received',
  what: 'Somebody posted a status update (a story). It is no message: it belongs to no conversation and is never unread.',
  ...ofStatus,
});

export const statusPosted = defineEvent({
  name: 'status.posted',
  what: 'A status update was posted on the profile’s own phone.',
  ...ofStatus,
});

export const statusRevoked = defineEvent({
  name: 'status.revoked',
  what: 'Whoever posted a status update took it back.',
  ...ofStatus,
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
