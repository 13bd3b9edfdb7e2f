import Type, { type Static, type TProperties } from 'typebox';
import { Nullable } from '../../../http/schema.ts';

const whereTo = {
  profileId: Type.String({ minLength: 1 }),
  to: Type.String({
    minLength: 1,
    maxLength: 64,
    description: 'A phone number with country code, however it is written, or a chat id.',
  }),
};

export const mentions = Type.Optional(
  Nullable(
    Type.Array(Type.String({ maxLength: 200 }), {
      maxItems: 1024,
      description:
        'Whom the text mentions, each written like `to`. The text names them as `@` and the digits of their number, ' +
        'as in `@628123456789`; their phones show a name there, and tell them.',
      examples: [['628123456789']],
    }),
  ),
);

const around = {
  quotedMessageId: Type.Optional(
    Nullable(
      Type.String({ maxLength: 128, description: 'Our id or the WhatsApp id of the message to quote.' }),
    ),
  ),
  mentions,
  mentionAll: Type.Optional(
    Nullable(
      Type.Boolean({
        description:
          'In a group: mentions everybody in it, up to 1024 people, instead of `mentions`; their phones tell them.',
      }),
    ),
  ),
};

/** Of every request that makes something to be sent. */
export const clientReference = Type.Optional(
  Nullable(
    Type.String({
      minLength: 1,
      maxLength: 128,
      description: 'What you call it: it comes back in the answer, on the message and in its events.',
      examples: ['order-1042'],
    }),
  ),
);

const common = Type.Object({ ...whereTo, ...around, clientReference });

/** What every request to send has. */
export type SendBody = Static<typeof common>;

/** The body of a request to send a kind: its own fields, and those of every kind. */
export function sendBody<Fields extends TProperties>(title: string, fields: Fields, example: object) {
  const examples = [{ profileId: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11', to: '628123456789', ...example }];
  return Type.Object({ ...whereTo, ...fields, ...around, clientReference }, { title, examples });
}
