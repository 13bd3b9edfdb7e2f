import Type from 'typebox';
import { Nullable } from '../../../http/schema.ts';
import { defineEvent } from '../../../platform/events/define.ts';
import { example } from '../../../platform/events/example.ts';

const Text = Type.String();

export const messageMedia = defineEvent({
  name: 'message.media',
  what:
    'The file of a message was fetched, or can’t be: `media.state` is `stored` (with `url`, good for a day, and what is known ' +
    'of the file) or `unavailable` (with `code` and `reason`).',
  permission: 'message:read',
  example: {
    ...{ profileId: example.profileId, messageId: example.messageId, waMessageId: example.waMessageId },
    ...{ conversationId: example.conversationId, chatId: example.chatId, timestamp: example.timestamp },
    type: 'image',
    media: {
      ...{ state: 'stored', url: 'https://example.com/api/v1/media/…', thumbnailUrl: null },
      ...{ mimeType: 'image/jpeg', size: 48213 },
    },
  },
  body: Type.Object({
    profileId: Text,
    messageId: Text,
    waMessageId: Text,
    conversationId: Text,
    chatId: Text,
    type: Text,
    media: Type.Record(Type.String(), Type.Unknown()),
    timestamp: Nullable(Text),
  }),
  socket: ({ body }) => [{ name: 'message:media', payload: body }],
});
