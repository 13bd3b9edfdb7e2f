import Type, { type TObject, type TProperties } from 'typebox';

/*
 * What a message of each kind says, as `content` of messages and events. Fields that the sender left out are absent, and
 * so is everything once the message was revoked.
 */

const text = (description: string, ...examples: string[]) =>
  Type.Optional(Type.String({ description, ...(examples.length > 0 && { examples }) }));
const whole = (description: string) => Type.Optional(Type.Integer({ description }));
const flag = (description: string) => Type.Optional(Type.Boolean({ description }));

/** With any kind. */
const surroundings = {
  mentions: Type.Optional(
    Type.Array(Type.String(), {
      description:
        'Whom it mentions, as ids; the text names each as `@` and the digits of the id. `…@lid` while the number is unknown.',
      examples: [['628123456789@c.us']],
    }),
  ),
  mentionsAll: flag('Everybody in the group is mentioned.'),
  forwarded: flag('It was passed on from another chat.'),
  forwardingScore: whole('How often it was passed on; phones show five and more as “forwarded many times”.'),
  truncated: flag('It was too long, and parts of it are missing.'),
};

const file = {
  mimetype: text('What kind of file it is, as the sender says.', 'image/jpeg'),
  bytes: whole('Its size.'),
  sha256: text('Of the file, base64.'),
};
const caption = text('The words below it.', 'Our new oven');
const pixels = { width: whole('Pixels.'), height: whole('Pixels.') };
const seconds = whole('How long it lasts.');
const viewOnce = flag('It may be looked at once.');

function content(title: string, description: string, fields: TProperties): Contents {
  const schema = Type.Object({ ...fields, ...surroundings }, { description, additionalProperties: true });
  return Object.assign(schema, { title }) as unknown as Contents;
}

/** A content's schema; its title ends in `Content`. */
export type Contents = TObject & { title: string };

/** What each kind of message says, by the `type` of the message. */
export const contents: Record<string, Contents> = {
  text: content('TextContent', 'Words.', {
    text: text('What it says.', 'Your bread is ready.'),
    preview: Type.Optional(
      Type.Object(
        { url: Type.String(), title: text('Of the page.'), description: text('Of the page.') },
        { description: 'The page that its link leads to.' },
      ),
    ),
    quoted: Type.Optional(
      Type.Object(
        {
          waMessageId: Type.String(),
          sender: Type.Union([Type.String(), Type.Null()]),
          fromMe: Type.Boolean(),
          text: Type.String(),
          chat: text('Where it stands, when that is another chat.'),
        },
        { description: 'Of a reply sent from here: what was quoted.' },
      ),
    ),
  }),
  image: content('ImageContent', 'A picture.', { caption, ...file, ...pixels, viewOnce }),
  video: content('VideoContent', 'A video.', {
    ...{ caption, ...file, ...pixels, seconds, viewOnce },
    shape: Type.Optional(Type.Enum(['round', 'gif'] as const, { description: 'Absent: an ordinary video.' })),
  }),
  audio: content('AudioContent', 'A sound file.', { ...file, seconds, viewOnce }),
  voice: content('VoiceContent', 'A voice message.', { ...file, seconds, viewOnce }),
  document: content('DocumentContent', 'A file of any kind.', {
    ...{ caption, filename: text('As the sender calls it.', 'menu.pdf'), ...file },
    pages: whole('How many it has.'),
  }),
  sticker: content('StickerContent', 'A sticker.', { ...file, animated: flag('It moves.') }),
  location: content('LocationContent', 'A place, or where somebody is.', {
    latitude: Type.Optional(Type.Number({ description: 'Degrees.' })),
    longitude: Type.Optional(Type.Number({ description: 'Degrees.' })),
    name: text('Of the place.', 'Bakery'),
    address: text('Of the place.'),
    url: text('A page about it.'),
    caption: text('Words that came with a live location.'),
    live: flag('It moves with whoever sent it.'),
  }),
  contact: content('ContactContent', 'Contact cards.', {
    contacts: Type.Optional(Type.Array(Type.Object({ name: Type.String(), vcard: Type.String() }))),
  }),
  poll: content('PollContent', 'A question with answers to choose from.', {
    question: text('What is asked.', 'Which?'),
    options: Type.Optional(Type.Array(Type.String(), { examples: [['rye', 'wheat']] })),
    choicesMax: whole('How many options one person may choose; absent: any number.'),
  }),
  unsupported: content('UnsupportedContent', 'A message that could not be stored as it came.', {
    code: text('Why, for programs.', 'UNREADABLE'),
    reason: text('Why, for people.'),
  }),
  unknown: content('UnknownContent', 'A kind of message that has no shape here yet.', {
    kind: text('What WhatsApp calls it.', 'orderMessage'),
  }),
};
