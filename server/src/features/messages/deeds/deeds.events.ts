import Type from 'typebox';
import { Nullable } from '../../../http/schema.ts';
import { defineEvent } from '../../../platform/events/define.ts';
import { example } from '../../../platform/events/example.ts';

const Text = Type.String();

export const messageChangeFailed = defineEvent({
  name: 'message.change_failed',
  what: 'A reaction, an edit, a taking back, a pin or a keep that we had accepted reaches nobody; `code` and `error` say why.',
  permission: 'message:read',
  example: {
    ...{ profileId: example.profileId, messageId: example.messageId, waMessageId: example.waMessageId },
    ...{ conversationId: example.conversationId, chatId: example.chatId, timestamp: example.timestamp },
    ...{ change: 'reaction', clientReference: null, code: 'REFUSED', error: 'WhatsApp refused it.' },
  },
  body: Type.Object({
    profileId: Text,
    messageId: Text,
    waMessageId: Text,
    conversationId: Text,
    chatId: Text,
    change: Type.Enum(['reaction', 'edited', 'revoked', 'pinned', 'kept'] as const),
    clientReference: Nullable(Text),
    code: Text,
    error: Text,
    timestamp: Text,
  }),
});
