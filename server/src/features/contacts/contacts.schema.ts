import Type, { type Static } from 'typebox';
import { cursorBesideOffset, limitOf } from '../../http/list.ts';
import { Absentable, JsonObject, Nullable, Timestamp, Uuid } from '../../http/schema.ts';

export const tagLengthMax = 100;
export const tagsMax = 100;
export const nameLengthMax = 255;

const Text = Type.String();
const Phone = Type.String({
  minLength: 1,
  maxLength: 200,
  description:
    'Written in any way: with country code, or with a leading 0 that the country of the profile completes; or a chat id.',
  examples: ['+62 812-3456-789'],
});
const Name = Type.String({ maxLength: nameLengthMax, examples: ['Ani'] });
const Tags = Type.Array(Type.String({ maxLength: 1_000 }), {
  maxItems: 1_000,
  description: `At most ${tagsMax} different ones of ${tagLengthMax} characters.`,
  examples: [['regular']],
});
const Metadata = Type.Record(Type.String({ maxLength: 200 }), Type.Unknown(), {
  maxProperties: 200,
  description: 'Fields of your own: templates and segments can use them.',
  examples: [{ city: 'Bandung' }],
});

const ShownState = Type.Enum(['unknown', 'shown', 'none', 'hidden'], {
  description: '`unknown`: not asked yet; `hidden`: their privacy settings keep it from this account.',
});

export const Contact = Type.Object(
  {
    id: Uuid,
    profileId: Uuid,
    phone: Nullable(
      Type.String({
        description: 'Digits with country code; null while it is unknown.',
        examples: ['628123456789'],
      }),
    ),
    chatId: Type.String({ description: 'Takes messages, as `to`.', examples: ['628123456789@c.us'] }),
    name: Nullable(Type.String({ description: 'As it was saved.', examples: ['Ani'] })),
    whatsappName: Nullable(Type.String({ description: 'As they call themselves.', examples: ['ani ✨'] })),
    avatarUrl: Nullable(
      Type.String({
        description:
          'The picture as it was last seen. Needs no login, and expires; null in events, which last longer.',
      }),
    ),
    avatarThumbnailUrl: Nullable(Text),
    avatarState: ShownState,
    about: Nullable(Type.String({ description: 'What they say about themselves.', examples: ['At work'] })),
    aboutState: ShownState,
    lookedAt: Nullable(
      Type.String({
        description:
          'When WhatsApp was last asked for picture and about; null: never, or they have changed since. `GET /contacts/:id` ' +
          'has it asked again when that is a day ago.',
      }),
    ),
    tags: Type.Array(Text),
    metadata: JsonObject,
    isBlocked: Type.Boolean({ description: 'As it is at WhatsApp.' }),
    optedOut: Type.Optional(
      Type.Boolean({
        description: 'Whether they are on the list of who wants no messages (`/opt-outs`); absent in events.',
      }),
    ),
    lastMessageAt: Nullable(Timestamp),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  },
  { title: 'Contact' },
);

const ofProfile = Type.Optional(
  Type.String({
    description: 'Absent: every profile of the organisation.',
    examples: ['0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11'],
  }),
);
/** Several, repeated or with commas. */
export const TagsQuery = Type.Optional(
  Type.Union(
    [Type.Array(Type.String({ maxLength: 10_000 }), { maxItems: 1_000 }), Type.String({ maxLength: 10_000 })],
    {
      description: 'One or several, separated by commas or repeated.',
    },
  ),
);

export const ContactsQuery = Type.Object({
  profileId: ofProfile,
  search: Type.Optional(
    Type.String({
      maxLength: 200,
      description: 'A part of the name, of the name at WhatsApp or of the number.',
    }),
  ),
  tags: TagsQuery,
  segmentId: Type.Optional(Type.String({ maxLength: 64, description: 'Only those of this segment.' })),
  limit: limitOf(),
  offset: Type.Optional(Type.Integer({ default: 0 })),
  cursor: cursorBesideOffset('`cursor`'),
});

export const ContactPage = Type.Object(
  {
    contacts: Type.Array(Contact),
    total: Type.Integer({ description: 'All that match.' }),
    limit: Type.Integer(),
    offset: Type.Integer(),
    cursor: Nullable(Type.String({ description: 'Where the next page begins; null on the last one.' })),
  },
  { title: 'ContactPage' },
);

export const CreateContact = Type.Object(
  {
    profileId: Type.String({ minLength: 1 }),
    phone: Phone,
    name: Absentable(Name),
    tags: Absentable(Tags),
    metadata: Absentable(Metadata),
  },
  {
    title: 'CreateContact',
    examples: [
      {
        profileId: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11',
        phone: '+62 812-3456-789',
        name: 'Ani',
        tags: ['regular'],
        metadata: { city: 'Bandung' },
      },
    ],
  },
);
export type NewContact = Static<typeof CreateContact>;

export const UpdateContact = Type.Object(
  {
    phone: Type.Optional(Type.Union([Phone, Type.Literal('')])),
    name: Type.Optional(Nullable(Name)),
    tags: Type.Optional(Tags),
    metadata: Type.Optional(Metadata),
  },
  { title: 'UpdateContact', examples: [{ name: 'Ani from the market', tags: ['regular', 'market'] }] },
);
export type ContactChange = Static<typeof UpdateContact>;

export const TagsBody = Type.Object(
  {
    tags: Type.Optional(
      Nullable(
        Type.Union([Tags, Type.String({ maxLength: 10_000 })], {
          description: 'A list, or a text with commas. For shipped clients the query may name them instead.',
        }),
      ),
    ),
  },
  { title: 'ContactTags', examples: [{ tags: ['regular', 'market'] }] },
);
export const TagsByQuery = Type.Object({ tags: TagsQuery });

export const MergeContact = Type.Object(
  {
    contactId: Type.String({
      format: 'uuid',
      maxLength: 36,
      description: 'The other one, of the same profile.',
    }),
  },
  { title: 'MergeContact', examples: [{ contactId: '0199d6a2-a0b1-7c2d-8e3f-405162738495' }] },
);

export const RemoveQuery = Type.Object({ everything: Type.Optional(Type.Boolean()) });

export const BlockContact = Type.Object(
  { blocked: Type.Optional(Type.Boolean({ description: 'Absent: true.' })) },
  { title: 'BlockContact', examples: [{ blocked: true }] },
);

export const TagCount = Type.Object(
  { tag: Type.String({ examples: ['regular'] }), count: Type.Integer({ examples: [12] }) },
  { title: 'TagCount' },
);
export const OfProfileQuery = Type.Object({ profileId: ofProfile });

export const ExportQuery = Type.Object({
  profileId: ofProfile,
  search: ContactsQuery.properties.search,
  tags: TagsQuery,
  segmentId: ContactsQuery.properties.segmentId,
  download: Type.Optional(Type.Boolean({ description: 'A file, streamed, instead of JSON.' })),
});
export const ContactExport = Type.Object(
  {
    csv: Type.String({ examples: ['phone,name,whatsapp_name,tags,created_at\n'] }),
    count: Type.Integer(),
    filename: Type.String(),
  },
  { title: 'ContactExport' },
);
