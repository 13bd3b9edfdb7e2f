import Type from 'typebox';
import { Nullable } from '../../http/schema.ts';
import { clientReference, mentions } from './kinds/send-body.ts';
import { typingStates } from './typing.ts';

const profileId = Type.String({ minLength: 1 });
const to = Type.String({
  minLength: 1,
  maxLength: 64,
  description: 'A phone number with country code, however it is written, or a chat id.',
});
const eitherId = (of: string) =>
  Type.String({
    minLength: 1,
    maxLength: 128,
    description: `Our id or the WhatsApp id of the message ${of}.`,
  });
const example = {
  profileId: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11',
  messageId: '0199d6a2-9c1e-7d10-8f2a-1c5b7e9a4d02',
};

export const ReplyBody = Type.Object(
  {
    profileId,
    quotedMessageId: eitherId('to quote'),
    text: Type.String({ minLength: 1, maxLength: 65_536 }),
    mentions,
    clientReference,
  },
  {
    title: 'SendReply',
    examples: [{ profileId: example.profileId, quotedMessageId: example.messageId, text: 'Yes, until six.' }],
  },
);

export const ForwardBody = Type.Object(
  { profileId, to, messageId: eitherId('to pass on'), clientReference },
  { title: 'ForwardMessage', examples: [{ ...example, to: '628123456789' }] },
);

export const RetryBody = Type.Object({ clientReference }, { title: 'RetryMessage', examples: [{}] });

export const TypingBody = Type.Object(
  {
    profileId,
    to,
    state: Type.Optional(
      Nullable(
        Type.Enum([...typingStates], {
          description: '`available` and `paused` end it. Default: `composing`.',
        }),
      ),
    ),
    duration: Type.Optional(
      Nullable(
        Type.Integer({
          minimum: 0,
          maximum: 120_000,
          description: 'Milliseconds until it ends by itself; absent or 0: 25 seconds.',
        }),
      ),
    ),
  },
  { title: 'ShowTyping', examples: [{ profileId: example.profileId, to: '628123456789', duration: 3000 }] },
);

export const TypingAnswer = Type.Object(
  {
    success: Type.Boolean(),
    state: Type.Enum([...typingStates]),
    to: Type.String({ examples: ['628123456789@c.us'] }),
  },
  { title: 'TypingAnswer' },
);

export const MarkReadBody = Type.Object(
  {
    profileId,
    chatId: Type.String({ minLength: 1, maxLength: 200, description: 'Written like `to` of a send.' }),
    messageIds: Type.Optional(
      Nullable(
        Type.Array(Type.String({ minLength: 1, maxLength: 128 }), {
          maxItems: 1000,
          description: 'Our ids or WhatsApp ids; absent: everything in the chat.',
        }),
      ),
    ),
  },
  { title: 'MarkRead', examples: [{ profileId: example.profileId, chatId: '628123456789@c.us' }] },
);

export const MarkReadAnswer = Type.Object(
  {
    success: Type.Boolean(),
    chatId: Type.String({ examples: ['628123456789@c.us'] }),
    conversationId: Type.String(),
    unreadCount: Type.Integer({ description: 'What is still unread in the chat.' }),
    messageIds: Type.Optional(Type.Array(Type.String())),
  },
  { title: 'MarkReadAnswer' },
);
