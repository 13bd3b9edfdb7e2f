import Type from 'typebox';
import { defineEvent } from '../../platform/events/define.ts';
import { example } from '../../platform/events/example.ts';

const Text = Type.String();

export const chatPresence = defineEvent({
  name: 'chat.presence',
  what:
    'Somebody in a followed chat is `available` or `unavailable`, or is `composing`, `recording` or `paused` there. It is about ' +
    'this moment: sockets and streams hear it, webhooks and `GET /events` do not, and it has no sequence (0).',
  permission: 'message:read',
  example: {
    profileId: example.profileId,
    conversationId: example.conversationId,
    chatId: example.chatId,
    who: example.chatId,
    state: 'composing',
  },
  isPassing: true,
  body: Type.Object({
    profileId: Text,
    conversationId: Text,
    chatId: Text,
    who: Text,
    state: Type.Enum(['available', 'unavailable', 'composing', 'recording', 'paused'] as const),
    lastSeen: Type.Optional(Text),
  }),
  socket: ({ body }) => [{ name: 'chat:presence', payload: body }],
});
