import Type from 'typebox';
import { Nullable } from '../../../http/schema.ts';
import { clientReference, mentions } from '../kinds/send-body.ts';
import { SendAnswer } from '../messages.schema.ts';

const profileId = Type.String({ minLength: 1 });
const exampleProfile = '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11';
const exampleMessage = '0199d6a2-9c1e-7d10-8f2a-1c5b7e9a4d02';
export const messageId = Type.String({
  minLength: 1,
  maxLength: 128,
  description: 'Our id or the WhatsApp id of the message.',
});

export const ReactionBody = Type.Object(
  {
    profileId,
    messageId,
    emoji: Type.String({ maxLength: 64, description: 'One emoji; empty takes the reaction back.' }),
    clientReference,
  },
  {
    title: 'SendReaction',
    examples: [{ profileId: exampleProfile, messageId: exampleMessage, emoji: '🥐' }],
  },
);

export const DeleteForEveryoneBody = Type.Object(
  {
    profileId,
    chatId: Type.Optional(
      Nullable(
        Type.String({ maxLength: 200, description: 'The chat of the message, written like `to` of a send.' }),
      ),
    ),
    messageId,
    clientReference,
  },
  {
    title: 'DeleteForEveryone',
    examples: [{ profileId: exampleProfile, chatId: '628123456789@c.us', messageId: exampleMessage }],
  },
);

export const EditBody = Type.Object(
  {
    text: Type.String({
      minLength: 1,
      maxLength: 65_536,
      description: 'What it says now; of a file its caption.',
    }),
    mentions,
    clientReference,
  },
  { title: 'EditMessage', examples: [{ text: 'Your bread is ready at six.' }] },
);

/** How long phones let one pin a message, in seconds. */
export const pinSeconds = { '24h': 86_400, '7d': 604_800, '30d': 2_592_000 } as const;

export const PinBody = Type.Object(
  {
    duration: Type.Optional(
      Nullable(Type.Enum(['24h', '7d', '30d'] as const, { description: 'Absent: seven days.' })),
    ),
  },
  { title: 'PinMessage', examples: [{ duration: '7d' }] },
);

export const DeedAnswer = Type.Object(
  { ...SendAnswer.properties, chatId: Type.String({ examples: ['628123456789@c.us'] }) },
  {
    title: 'DeedAnswer',
    description: '`messageId` and `waMessageId` are those of the message that it is done to.',
  },
);
