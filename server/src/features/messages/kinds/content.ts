import Type, { type TObject, type TProperties } from 'typebox';

/*
 * Pieces of what messages say, as `content` of messages and events. Fields that the sender left out are absent, and so
 * is everything once the message was revoked.
 */

/** A content's schema; its title ends in `Content`. */
export type ContentSchema = TObject & { title: string };

export const text = (description: string, ...examples: string[]) =>
  Type.Optional(Type.String({ description, ...(examples.length > 0 && { examples }) }));
export const whole = (description: string) => Type.Optional(Type.Integer({ description }));
export const flag = (description: string) => Type.Optional(Type.Boolean({ description }));

/** With any kind. */
const surroundings = {
  mentions: Type.Optional(
    Type.Array(Type.String(), {
      description:
        'Whom it mentions, as ids; the text names each as `@` and the digits of the id. `…@lid` while the number is unknown.',
      examples: [['628123456789@c.us']],
    }),
  ),
  quoted: Type.Optional(
    Type.Object(
      {
        waMessageId: Type.String(),
        sender: Type.Union([Type.String(), Type.Null()]),
        fromMe: Type.Boolean(),
        type: text('Its kind; absent: a text.'),
        text: Type.String(),
        content: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
        chat: text('Where it stands, when that is another chat.'),
      },
      { description: 'Of a reply sent from here: what was quoted, as it was then.' },
    ),
  ),
  mentionsAll: flag('Everybody in the group is mentioned.'),
  forwarded: flag('It was passed on from another chat.'),
  forwardingScore: whole('How often it was passed on; phones show five and more as “forwarded many times”.'),
  truncated: flag('It was too long, and parts of it are missing.'),
};

/** Of the kinds that are a file. */
export const file = {
  media: Type.Optional(
    Type.Object(
      {
        state: Type.Enum(['waiting', 'stored', 'unavailable'], {
          description:
            '`waiting`: it is being fetched from WhatsApp; `message.media` tells what became of it.',
        }),
        id: text('Of the file here: `GET /media/:id` gives links, and sends take it as `mediaId`.'),
        url: text('A link that needs no login and is good for a day.'),
        thumbnailUrl: Type.Optional(Type.Union([Type.String(), Type.Null()])),
        mimetype: text('What it is, by its content.', 'image/jpeg'),
        bytes: whole('Its size.'),
        filename: text('What its sender calls it.'),
        width: whole('Pixels.'),
        height: whole('Pixels.'),
        seconds: whole('How long it plays.'),
        hasThumbnail: flag('There is a small picture of it.'),
        code: text('Why it can’t be had.', 'MEDIA_GONE'),
        reason: text('The same in words.'),
      },
      { description: 'The file itself, as it is kept here.' },
    ),
  ),
  mimetype: text('What kind of file it is, as the sender says.', 'image/jpeg'),
  bytes: whole('Its size.'),
  sha256: text('Of the file, base64.'),
};
export const caption = text('The words below it.', 'Our new oven');
export const pixels = { width: whole('Pixels.'), height: whole('Pixels.') };
export const seconds = whole('How long it lasts.');
export const viewOnce = flag('It may be looked at once.');

/** What a message of a kind says: its own fields, and those that go with any kind. */
export function contentSchema(title: string, description: string, fields: TProperties): ContentSchema {
  const schema = Type.Object({ ...fields, ...surroundings }, { description, additionalProperties: true });
  return Object.assign(schema, { title }) as unknown as ContentSchema;
}
