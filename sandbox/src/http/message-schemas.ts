import { type TSchema, Type } from 'typebox';
import type { NewMessage as NewContent } from '../phone/contents/new-message.ts';
import { chatText, numberText } from './schemas.ts';

const text = (description: string, maxLength = 65_536) =>
  Type.String({ description, minLength: 1, maxLength });
const messageId = Type.String({
  description: 'Id of a message in this chat, as this phone shows it.',
  minLength: 1,
});
const milliseconds = (description: string) =>
  Type.Integer({ description: `${description}; unix milliseconds.` });
const base64 = (description: string) =>
  Type.String({ description: `${description}, in base64.`, minLength: 4, pattern: '^[A-Za-z0-9+/]+={0,2}$' });

/** Fields of every message. */
const destination = {
  to: chatText,
  audience: Type.Optional(
    Type.Array(numberText, {
      maxItems: 1000,
      description:
        'Who may see a status; left out: everybody this person has a chat with. What is done to the status of another reaches its author alone.',
    }),
  ),
};

/** Fields of every message that is shown as one. */
const surroundings = {
  quoted: Type.Optional(
    Type.String({
      description: 'Id of the message that this one answers; an answer to a status goes to its author.',
    }),
  ),
  mentions: Type.Optional(
    Type.Array(numberText, {
      maxItems: 1024,
      description: 'People who are mentioned; the text names them `@number`.',
    }),
  ),
  forwarded: Type.Optional(Type.Boolean({ description: 'Marks it as passed on.' })),
  disappearing: Type.Optional(
    Type.Integer({
      minimum: 0,
      description:
        'Seconds until it vanishes; left out: as the chat is set, in a new chat by the default of this person; 0: never.',
    }),
  ),
};

const place = {
  latitude: Type.Number({ minimum: -90, maximum: 90, description: 'Degrees.' }),
  longitude: Type.Number({ minimum: -180, maximum: 180, description: 'Degrees.' }),
  name: Type.Optional(text('What the place is called.', 1000)),
  address: Type.Optional(text('Where it is, in words.', 1000)),
  url: Type.Optional(text('A page about it.', 2000)),
};
const accuracy = Type.Optional(Type.Integer({ minimum: 0, description: 'Metres.' }));
const card = {
  name: text('Whose card it is.', 200),
  number: Type.Optional(Type.String({ description: 'A phone number, to make a vCard of.' })),
  vcard: Type.Optional(text('The card itself (vCard 3.0); goes before `number`.')),
};

/** One kind of message; `example` lacks the address only. */
function shown(type: string, summary: string, fields: Record<string, TSchema>, example: object) {
  return kind(type, summary, { ...fields, ...surroundings }, example);
}

function kind(type: string, summary: string, fields: Record<string, TSchema>, example: object) {
  const properties = { type: Type.Literal(type), ...destination, ...fields };
  return Type.Object(properties, {
    title: type,
    description: summary,
    examples: [{ to: '628111000002', type, ...example }],
  });
}

const mimetype = Type.Optional(
  Type.String({ description: 'What kind of file it is.', pattern: '^[!-~ ]+/[!-~ ]+$' }),
);
const file = {
  data: Type.Optional(base64('The file; left out: a small valid sample')),
  mimetype,
};
const captioned = {
  ...file,
  caption: Type.Optional(text('Words below it.')),
  thumbnail: Type.Optional(base64('A small JPEG')),
};
const pixels = (what: string) =>
  Type.Optional(Type.Integer({ minimum: 1, description: `${what} in pixels.` }));
const size = { width: pixels('Width'), height: pixels('Height') };
const seconds = Type.Optional(Type.Integer({ minimum: 0, maximum: 3600, description: 'How long it lasts.' }));
const viewOnce = Type.Optional(Type.Boolean({ description: 'May be looked at once.' }));

const ID = '3A0123456789ABCDEF';
const KINDS = [
  shown(
    'text',
    'Words, with a preview of a page if given.',
    {
      text: text('What is said.'),
      preview: Type.Optional(
        Type.Object(
          {
            url: text('Address of the page, as the text has it.', 2000),
            title: Type.Optional(text('Title of the page.', 1000)),
            description: Type.Optional(text('What the page is about.', 5000)),
            thumbnail: Type.Optional(base64('A small JPEG')),
          },
          { description: 'How the page is shown below the text.' },
        ),
      ),
    },
    { text: 'Hello' },
  ),
  shown(
    'location',
    'A place.',
    { ...place, comment: Type.Optional(text('Words about it.', 5000)), accuracy },
    { latitude: -6.1754, longitude: 106.8272, name: 'Monas' },
  ),
  shown(
    'liveLocation',
    'Where the person is now; the next one has a higher `sequence`.',
    {
      ...place,
      accuracy,
      caption: Type.Optional(text('Words about it.', 5000)),
      speed: Type.Optional(Type.Number({ minimum: 0, description: 'Metres per second.' })),
      heading: Type.Optional(Type.Integer({ minimum: 0, maximum: 359, description: 'Degrees from north.' })),
      sequence: Type.Optional(Type.Integer({ minimum: 0, description: 'Counts the updates.' })),
    },
    { latitude: -6.1754, longitude: 106.8272, caption: 'On my way' },
  ),
  shown('contact', 'A card of the address book.', card, { name: 'Ben', number: '628111000003' }),
  shown(
    'contacts',
    'Several cards.',
    { contacts: Type.Array(Type.Object(card), { minItems: 1, maxItems: 100 }) },
    {
      contacts: [
        { name: 'Ben', number: '628111000003' },
        { name: 'Carl', number: '628111000004' },
      ],
    },
  ),
  shown(
    'poll',
    'A question with options to vote for.',
    {
      question: text('What is asked.', 1000),
      options: Type.Array(text('One option.', 200), { minItems: 2, maxItems: 12 }),
      selectable: Type.Optional(
        Type.Integer({
          minimum: 0,
          description: 'How many options one person may choose; 0: any number; default 1.',
        }),
      ),
    },
    { question: 'Lunch?', options: ['Rice', 'Noodles'] },
  ),
  shown(
    'event',
    'Something that takes place.',
    {
      name: text('What it is.', 1000),
      start: milliseconds('When it begins'),
      end: Type.Optional(milliseconds('When it ends')),
      description: Type.Optional(text('What it is about.', 5000)),
      location: Type.Optional(Type.Object(place)),
      joinLink: Type.Optional(text('Link of a call.', 2000)),
      cancelled: Type.Optional(Type.Boolean()),
      extraGuests: Type.Optional(Type.Boolean({ description: 'Guests may bring others.' })),
    },
    { name: 'Opening', start: 1_767_225_600_000 },
  ),
  shown(
    'groupInvite',
    'An invitation for one person into a group; only its admins send one. The code is made anew each time.',
    {
      group: Type.String({ description: 'JID (`…@g.us`) or bare id of the group.' }),
      text: Type.Optional(text('Words along with it.')),
    },
    { group: '120363000000000001@g.us', text: 'Join us' },
  ),
  shown('image', 'A picture.', { ...captioned, ...size, viewOnce }, { caption: 'Our new oven' }),
  shown('video', 'A video.', { ...captioned, ...size, seconds, viewOnce }, { caption: 'Look', seconds: 2 }),
  shown('gif', 'A video that plays silently in a loop.', { ...captioned, ...size, seconds }, { seconds: 1 }),
  shown('ptv', 'A round video.', { ...file, ...size, seconds }, { seconds: 3 }),
  shown(
    'voice',
    'Something spoken for this chat.',
    {
      ...{ ...file, seconds, viewOnce },
      waveform: Type.Optional(
        Type.Array(Type.Integer({ minimum: 0, maximum: 100 }), {
          maxItems: 64,
          description: 'Loudness over time.',
        }),
      ),
    },
    { seconds: 4 },
  ),
  shown('audio', 'A sound file.', { ...file, seconds }, { seconds: 10 }),
  shown(
    'document',
    'Any file.',
    {
      ...captioned,
      fileName: Type.Optional(text('What it is called.', 255)),
      pages: Type.Optional(Type.Integer({ minimum: 1, description: 'How many pages it has.' })),
    },
    { fileName: 'prices.pdf', caption: 'As promised' },
  ),
  shown(
    'sticker',
    'A sticker.',
    { ...file, ...size, animated: Type.Optional(Type.Boolean({ description: 'It moves.' })) },
    {},
  ),
  kind(
    'disappearing',
    'How long new messages of this chat last.',
    { seconds: Type.Integer({ minimum: 0, description: '0: for ever.' }) },
    { seconds: 604_800 },
  ),
  kind(
    'reaction',
    'An emoji on a message.',
    {
      id: messageId,
      text: Type.String({ maxLength: 100, description: 'The emoji; empty to take it away.' }),
    },
    { id: ID, text: '👍' },
  ),
  kind(
    'edit',
    'Another text, or caption, for an own message.',
    { id: messageId, text: text('What it says now.') },
    { id: ID, text: 'Hello all' },
  ),
  kind('revoke', 'Takes a message back from everybody.', { id: messageId }, { id: ID }),
  kind(
    'vote',
    'A vote in a poll; it replaces the one before.',
    {
      id: messageId,
      options: Type.Array(Type.String(), {
        maxItems: 12,
        description: 'Options as the poll names them; none: no vote.',
      }),
    },
    { id: ID, options: ['Rice'] },
  ),
  kind(
    'eventResponse',
    'Whether the person comes to an event.',
    {
      id: messageId,
      response: Type.Enum(['going', 'notGoing', 'maybe']),
      guests: Type.Optional(
        Type.Integer({ minimum: 0, maximum: 100, description: 'Others it brings along.' }),
      ),
    },
    { id: ID, response: 'going' },
  ),
  kind(
    'pin',
    'Pins a message for everybody in the chat; of more than three the one pinned first goes. In a locked group only admins pin.',
    {
      id: messageId,
      pinned: Type.Optional(Type.Boolean({ description: 'False: no longer; default true.' })),
      seconds: Type.Optional(Type.Integer({ minimum: 1, description: 'For how long; default 7 days.' })),
    },
    { id: ID, seconds: 86_400 },
  ),
  kind(
    'keep',
    'Keeps a message that would disappear; others are refused.',
    { id: messageId, kept: Type.Optional(Type.Boolean({ description: 'False: no longer; default true.' })) },
    { id: ID },
  ),
  kind(
    'raw',
    'What another program than the app may send: bytes that nobody looks at before they are encrypted. The own phone does not show it.',
    {
      bytes: Type.String({
        description: 'A `Message` of the protocol without padding, or nonsense, in base64.',
        pattern: '^[A-Za-z0-9+/]*={0,2}$',
        maxLength: 8 * 1024 * 1024,
      }),
      id: Type.Optional(
        Type.String({
          description: 'Id of the message; left out: made as always.',
          minLength: 1,
          maxLength: 10_000,
        }),
      ),
    },
    { bytes: 'CgVIZWxsbw==' },
  ),
];

/** Names of the kinds of messages. */
export const TYPES = KINDS.map(({ properties }) => properties.type.const);

/** What a person sends; `type` says which fields it has. */
export const NewMessage = Type.Unsafe<NewContent & { to: string; audience?: string[] }>({
  type: 'object',
  required: ['to', 'type'],
  discriminator: { propertyName: 'type' },
  oneOf: KINDS,
  examples: [{ to: '628111000002', type: 'text', text: 'Hello' }],
});
export const SentMessage = Type.Object({ id: Type.String() });
export const MessageParam = Type.Object({
  number: numberText,
  id: Type.String({ description: 'Id of a message.' }),
});
