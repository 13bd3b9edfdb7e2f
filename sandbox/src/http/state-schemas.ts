import { type TSchema, Type } from 'typebox';
import type { Change } from '../phone/app-state/change.ts';
import { PersonName } from './schemas.ts';

const number = Type.String({ minLength: 1, description: 'Phone number as digits.' });
const chat = Type.String({
  minLength: 1,
  description: 'Phone number as digits, or the JID of a group (`…@g.us`).',
});
const messageId = Type.String({ minLength: 1, maxLength: 100, description: 'Id of a message in that chat.' });
const id = Type.String({ minLength: 1, maxLength: 50, pattern: '^[^ ]+$' });
const text = Type.String({ minLength: 1, maxLength: 4096 });
const name = Type.String({ minLength: 1, maxLength: 100 });
const nullable = (type: string, description: string): TSchema =>
  Type.Unsafe({ type: [type, 'null'], description });

function body(
  change: Change['change'],
  description: string,
  fields: Record<string, TSchema>,
  example: object,
): TSchema {
  return Type.Object(
    { change: Type.Literal(change), ...fields },
    { title: change, description, examples: [{ change, ...example }] },
  );
}

const someone = { chat: '628111000002' };
const message = { ...someone, id: '3EB0A1B2C3D4E5F60718' };

const bodies = [
  body(
    'mute',
    'Mute a chat.',
    { chat, until: nullable('integer', 'Unix milliseconds; -1: for ever; null: no longer.') },
    { ...someone, until: 1_900_000_000_000 },
  ),
  body(
    'pin',
    'Pin a chat to the top, or not.',
    { chat, pinned: Type.Boolean() },
    { ...someone, pinned: true },
  ),
  body(
    'archive',
    'Archive a chat, or take it back.',
    { chat, archived: Type.Boolean() },
    { ...someone, archived: true },
  ),
  body(
    'mark-read',
    'Mark a chat as read, or as unread.',
    { chat, read: Type.Boolean() },
    { ...someone, read: false },
  ),
  body('lock', 'Lock a chat, or unlock it.', { chat, locked: Type.Boolean() }, { ...someone, locked: true }),
  body('clear', 'Empty a chat.', { chat }, someone),
  body('delete-chat', 'Delete a chat with all its messages.', { chat }, someone),
  body('delete-for-me', 'Delete a message on the own devices.', { chat, id: messageId }, message),
  body(
    'star',
    'Star a message, or not.',
    { chat, id: messageId, starred: Type.Boolean() },
    { ...message, starred: true },
  ),
  body(
    'contact',
    'Save a contact under a name, or delete it.',
    { contact: number, name: nullable('string', 'Full name; null deletes the contact.') },
    { contact: '628111000002', name: 'Ben Baker' },
  ),
  body('push-name', 'The name others see.', { name: PersonName }, { name: 'Bakery' }),
  body(
    'unarchive-chats',
    'Whether a new message takes a chat out of the archive.',
    { on: Type.Boolean() },
    { on: true },
  ),
  body(
    'link-previews',
    'Whether links are sent without preview.',
    { disabled: Type.Boolean() },
    { disabled: true },
  ),
  body(
    'label',
    'Make a label, or rename or recolour one.',
    { id, name, color: Type.Integer({ minimum: 0, maximum: 19 }) },
    { id: '7', name: 'New order', color: 3 },
  ),
  body('delete-label', 'Delete a label.', { id }, { id: '7' }),
  body(
    'label-chat',
    'Put a label on a chat, or take it off.',
    { id, chat, labeled: Type.Boolean() },
    { id: '7', ...someone, labeled: true },
  ),
  body(
    'label-message',
    'Put a label on a message, or take it off.',
    { id, chat, message: messageId, labeled: Type.Boolean() },
    { id: '7', ...someone, message: message.id, labeled: true },
  ),
  body(
    'quick-reply',
    'Make or change a quick reply.',
    { id, shortcut: name, message: text },
    { id: '1700000000', shortcut: 'hours', message: 'We are open from 6 to 18.' },
  ),
  body('delete-quick-reply', 'Delete a quick reply.', { id }, { id: '1700000000' }),
];

/** One change; `change` says which of the bodies it is, so a wrong field is named and not the whole list refused. */
export const NewChange = Type.Unsafe<Change>({
  type: 'object',
  required: ['change'],
  discriminator: { propertyName: 'change' },
  oneOf: bodies,
  examples: bodies.flatMap(({ examples }: TSchema & { examples?: unknown }) => examples ?? []),
});

const moment = Type.Union([Type.Null(), Type.Integer()]);

export const State = Type.Object({
  name: Type.String({ description: 'The name others see.' }),
  chats: Type.Array(
    Type.Object({
      chat: Type.String(),
      unread: Type.Integer(),
      markedUnread: Type.Boolean(),
      mutedUntil: Type.Union([Type.Null(), Type.Integer()], {
        description: 'Unix milliseconds; -1: for ever; null: not muted.',
      }),
      pinnedAt: moment,
      archived: Type.Boolean(),
      locked: Type.Boolean(),
    }),
  ),
  contacts: Type.Array(Type.Object({ contact: Type.String(), name: Type.String() })),
  labels: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      color: Type.Integer(),
      chats: Type.Array(Type.String()),
      messages: Type.Array(Type.Object({ chat: Type.String(), id: Type.String() })),
    }),
  ),
  starred: Type.Array(Type.Object({ chat: Type.String(), id: Type.String(), fromMe: Type.Boolean() })),
  quickReplies: Type.Array(
    Type.Object({ id: Type.String(), shortcut: Type.String(), message: Type.String() }),
  ),
  settings: Type.Object({ unarchiveChats: Type.Boolean(), disableLinkPreviews: Type.Boolean() }),
  versions: Type.Record(Type.String(), Type.Integer(), {
    description: 'How many patches of each collection the phone has read.',
  }),
  distrusted: Type.Integer({
    description:
      'Patches whose MACs or hash are wrong; the ledger has an `app-state-distrusted` line for each.',
  }),
});
