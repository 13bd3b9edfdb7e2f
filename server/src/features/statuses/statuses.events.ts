import Type from 'typebox';
import { Nullable } from '../../http/schema.ts';
import { defineEvent } from '../../platform/events/define.ts';

const Text = Type.String();
const Row = Type.Record(Type.String(), Type.Unknown());

export const statusReceived = defineEvent({
  name: 'status.received',
  what: 'Somebody posted a status update (a story). It is no message: it belongs to no conversation and is never unread.',
  permission: 'message:read',
  body: Type.Object({ profileId: Text, status: Row }),
});

export const statusPosted = defineEvent({
  name: 'status.posted',
  what: 'A status update was posted on the profile’s own phone.',
  permission: 'message:read',
  body: Type.Object({ profileId: Text, status: Row }),
});

export const statusRevoked = defineEvent({
  name: 'status.revoked',
  what: 'Whoever posted a status update took it back.',
  permission: 'message:read',
  body: Type.Object({ profileId: Text, status: Row }),
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
