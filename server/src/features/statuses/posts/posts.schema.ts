import Type, { type Static } from 'typebox';
import { Absentable, Nullable } from '../../../http/schema.ts';
import { clientReference, fileFields } from '../../messages/index.ts';

/** As many as the largest group of WhatsApp. */
export const audienceMax = 1024;

const color = (description: string) =>
  Absentable(Type.String({ pattern: '^#[0-9a-fA-F]{6}$', description, examples: ['#1f7a5c'] }));

export const PostBody = Type.Object(
  {
    profileId: Type.String({ minLength: 1 }),
    type: Type.Enum(['text', 'image', 'video', 'voice'] as const),
    text: Absentable(Type.String({ maxLength: 65_536, description: 'Of a text.' })),
    background: color('Of a text: the colour behind it.'),
    color: color('Of a text: the colour of its letters.'),
    font: Type.Optional(
      Nullable(
        Type.Integer({
          minimum: 0,
          maximum: 10,
          description: 'Of a text: one of WhatsApp’s fonts, by its number.',
        }),
      ),
    ),
    caption: Absentable(
      Type.String({ maxLength: 65_536, description: 'The words below a picture or film.' }),
    ),
    ...fileFields,
    audience: Type.Optional(
      Nullable(
        Type.Array(Type.String({ maxLength: 200 }), {
          maxItems: audienceMax,
          description:
            'Who is to see it, each written like `to` of a send. Absent: those whom the profile knows, saved on its phone or ' +
            `met in a chat of two; of more than ${audienceMax} the latest.`,
          examples: [['628123456789']],
        }),
      ),
    ),
    clientReference,
  },
  {
    title: 'PostStatus',
    examples: [
      {
        ...{ profileId: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11', type: 'text', text: 'Open until six.' },
        ...{ background: '#1f7a5c', audience: ['628123456789'] },
      },
    ],
  },
);
export type PostRequest = Static<typeof PostBody>;
