import { type TSchema, Type } from 'typebox';

const o = Type.Optional;
const string = (description: string) => o(Type.String({ description }));
const whole = (description: string) => o(Type.Integer({ description }));
const number = (description: string) => o(Type.Number({ description }));
const flag = (description: string) => o(Type.Boolean({ description }));
const count = Type.Integer({ minimum: 0 });
const list = <T extends TSchema>(items: T, description: string) => o(Type.Array(items, { description }));

const Place = Type.Object({
  latitude: Type.Number(),
  longitude: Type.Number(),
  name: string('What it is called.'),
  address: string('Where it is.'),
  url: string('A page about it.'),
  comment: string('Words about it.'),
  accuracy: number('Metres.'),
  speed: number('Metres per second.'),
  heading: number('Degrees clockwise from north.'),
  sequence: whole('Counts the updates of a live location.'),
});

const file = {
  mimetype: string('Of a file.'),
  size: whole('Bytes of a file.'),
  caption: string('Words below a file.'),
  fileName: string('Of a document.'),
  pages: whole('Of a document.'),
  seconds: whole('Of a video or sound.'),
  width: whole('Pixels.'),
  height: whole('Pixels.'),
  waveform: list(Type.Integer(), 'Loudness of a voice message, 0 to 100.'),
  animated: flag('A sticker that moves.'),
  thumbnail: string('A small picture, base64.'),
  sha256: string('Of the decrypted file, hexadecimal.'),
};

/** What a message holds beyond its text; only fields that say something are there. */
const Content = Type.Object({
  ...file,
  viewOnce: flag('May be looked at once.'),
  opened: flag('A view-once message that has been looked at.'),
  mentions: list(Type.String(), 'Numbers of people who are mentioned.'),
  mentionsAll: flag('Everybody in the group is mentioned.'),
  forwarded: flag('It was passed on.'),
  expiration: whole('Seconds until it vanishes.'),
  sharingLimited: flag('Of `limitSharing`: whether what is said may not be taken out of the chat.'),
  background: string('Of a text in the status: the colour behind it.'),
  color: string('Of a text in the status: the colour of its letters.'),
  font: whole('Of a text in the status: one of the fonts there are.'),
  preview: o(
    Type.Object({
      url: string('Address of the page.'),
      title: string('Title of the page.'),
      description: string('What it is about.'),
      thumbnail: string('JPEG, base64.'),
    }),
  ),
  location: o(Place),
  contacts: list(
    Type.Object({ name: Type.String(), vcard: Type.String(), numbers: Type.Array(Type.String()) }),
    'Cards, with the numbers found in them.',
  ),
  poll: o(
    Type.Object({
      question: Type.String(),
      selectable: Type.Integer({ description: 'How many options one person may choose; 0: any number.' }),
      options: Type.Array(
        Type.Object({ name: Type.String(), votes: count, voters: Type.Array(Type.String()) }),
      ),
    }),
  ),
  event: o(
    Type.Object({
      name: Type.String(),
      description: string('What it is about.'),
      start: whole('Unix milliseconds.'),
      end: whole('Unix milliseconds.'),
      location: o(Place),
      joinLink: string('Link of a call.'),
      cancelled: flag('It does not take place.'),
      extraGuests: flag('Guests may bring others.'),
      responses: list(
        Type.Object({ from: Type.String(), response: Type.String(), guests: count }),
        'Who comes: `going`, `notGoing`, `maybe`.',
      ),
    }),
  ),
  invite: o(
    Type.Object({
      group: Type.String({ description: 'JID of the group.' }),
      name: string('Of the group.'),
      code: Type.String(),
      expiresAt: whole('Unix milliseconds.'),
    }),
  ),
  title: string('Above the text.'),
  footer: string('Below the text.'),
  choices: list(
    Type.Object({
      id: Type.String(),
      text: Type.String(),
      description: string('Below the choice.'),
      section: string('Of a list.'),
      url: string('Opened when pressed.'),
    }),
    'What can be pressed or chosen.',
  ),
  chosen: o(
    Type.Object({ id: Type.String(), text: Type.String() }, { description: 'What was pressed or chosen.' }),
  ),
  product: o(
    Type.Object({
      id: string('Of the catalog.'),
      retailerId: string('Its number in the shop.'),
      url: string('A page about it.'),
      price: number('In `currency`.'),
      salePrice: number('Instead of the price.'),
      currency: string('Three letters, as `IDR`.'),
      owner: string('Number of the business.'),
    }),
  ),
  order: o(
    Type.Object({
      id: string('Of the order.'),
      items: whole('How many things.'),
      total: number('In `currency`.'),
      currency: string('Three letters, as `IDR`.'),
      seller: string('Number of the business.'),
    }),
  ),
  album: o(Type.Object({ images: count, videos: count }, { description: 'How many files are to come.' })),
  inAlbum: string('Id of the album that this file belongs to.'),
  target: string('Id of the message that a reaction or comment is about.'),
  field: string('Field of the protocol, of a message that phones here have no picture for.'),
  reactions: list(
    Type.Object({ from: Type.String(), text: Type.String(), at: Type.Integer() }),
    'Emojis on this message; `at` is unix milliseconds.',
  ),
  edited: flag('Its author changed it.'),
  editedAt: whole('Unix milliseconds.'),
  pinned: o(Type.Object({ by: Type.String(), until: Type.Integer({ description: 'Unix milliseconds.' }) })),
  kept: o(Type.Object({ by: Type.String(), at: Type.Integer({ description: 'Unix milliseconds.' }) })),
});

export const Message = Type.Object({
  seq: count,
  id: Type.String(),
  chat: Type.String(),
  from: Type.String(),
  fromMe: Type.Boolean(),
  type: Type.String({
    description:
      'The kind, as in sending; also `comment`, `buttons`, `list`, `template`, `interactive`, `buttonReply`, `listReply`, `interactiveReply`, `product`, `order`, `album`, `requestPhoneNumber`, `sharePhoneNumber`, `limitSharing`, `revoked`, and others by their name in the protocol.',
  }),
  text: Type.String({ description: 'What a person reads: the text, a caption, a name, a question.' }),
  quoted: o(
    Type.Object(
      { id: Type.String(), text: Type.String(), type: o(Type.String()), from: o(Type.String()) },
      { description: 'The message it answers.' },
    ),
  ),
  content: Content,
  status: Type.String({
    description:
      '`sent`, `delivered`, `read`, `played` for own messages; `received`, `read`, `played` for others.',
  }),
  timestamp: Type.Integer({ description: 'Unix milliseconds.' }),
  receipts: list(
    Type.Object({
      number: Type.String(),
      deliveredAt: o(Type.Integer()),
      readAt: o(Type.Integer()),
      playedAt: o(Type.Integer()),
    }),
    'Own messages in a group or status: who has them. Times are unix milliseconds.',
  ),
});
