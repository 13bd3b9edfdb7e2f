import Type, { type Static } from 'typebox';
import { cursorBesideOffset, limitOf } from '../../http/list.ts';
import { Nullable, Timestamp } from '../../http/schema.ts';

const exampleProfile = '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11';
const exampleGroup = '120363000000000001@g.us';
const Person = Type.String({
  description: '`<digits>@c.us`, or `…@lid` while the number is unknown.',
  examples: ['628123456789@c.us'],
});

export const Participant = Type.Object(
  {
    id: Person,
    phone: Nullable(Type.String({ examples: ['628123456789'] })),
    lid: Nullable(Type.String({ examples: ['123456789012345@lid'] })),
    name: Nullable(Type.String({ description: 'As a contact, or else what the person calls itself.' })),
    pushName: Nullable(Type.String({ description: 'What the person calls itself.' })),
    role: Type.Enum(['member', 'admin', 'superadmin']),
    isAdmin: Type.Boolean({ description: 'Of super-admins, too.' }),
    isSuperAdmin: Type.Boolean(),
  },
  { title: 'GroupParticipant' },
);

const groupTypes = ['group', 'community', 'announcements', 'newsletter'] as const;

const groupFields = {
  id: Type.String({ examples: [exampleGroup] }),
  profileId: Type.String(),
  name: Type.String({ examples: ['Bakers'] }),
  description: Nullable(Type.String({ examples: ['From 5 on'] })),
  owner: Nullable({ ...Person, description: 'Who made it; null when WhatsApp does not say.' }),
  createdAt: Nullable({ ...Timestamp, description: 'When it was made; null when WhatsApp does not say.' }),
  participantsCount: Type.Integer({ examples: [12] }),
  type: Type.Enum([...groupTypes], {
    description:
      'A `community` is a roof over groups, and nobody writes in it; in `announcements` its admins write to all of it. A ' +
      '`newsletter` is a channel.',
  }),
  communityId: Nullable(Type.String({ description: 'The community that it belongs to.' })),
  announcement: Type.Boolean({ description: 'Only admins write.' }),
  locked: Type.Boolean({ description: 'Only admins change name, description and picture.' }),
  memberAddMode: Type.Enum(['all', 'admins'], { description: 'Who may add others.' }),
  joinApproval: Type.Boolean({ description: 'Whoever wants to come in waits for an admin.' }),
  expirationSeconds: Type.Integer({ description: 'How long messages last; 0: for ever.' }),
  role: Nullable(
    Type.Enum(['member', 'admin', 'superadmin'], { description: 'Of the profile; null: it is not in it.' }),
  ),
  conversationId: Nullable(Type.String()),
  leftAt: Nullable({ ...Timestamp, description: 'When the profile left it or was removed.' }),
  fetchedAt: {
    ...Timestamp,
    description: 'When WhatsApp last told all of it. Changes are told as they happen.',
  },
  updatedAt: Timestamp,
};

export const Group = Type.Object(groupFields, { title: 'Group' });
export const GroupWithParticipants = Type.Object(
  { ...groupFields, participants: Type.Array(Participant) },
  { title: 'GroupWithParticipants' },
);

const outcomes = ['done', 'already', 'absent', 'not-on-network', 'private', 'full', 'refused'] as const;
export const ParticipantResult = Type.Object(
  {
    participant: Type.String({ description: 'As it was given.', examples: ['+62 812-3456-789'] }),
    id: Nullable(Person),
    status: Type.Integer({
      description:
        '200, or the number of the refusal: 404 not on WhatsApp or not in the group, 409 in it already, 403 private.',
      examples: [200],
    }),
    outcome: Type.Enum([...outcomes]),
    message: Type.String({ examples: ['Done.'] }),
    invitation: Type.Optional(
      Type.Object(
        {
          code: Type.String(),
          expiresAt: Timestamp,
          link: Nullable(
            Type.String({ description: 'The link of the group, to be sent to the person instead.' }),
          ),
          messageId: Nullable(Type.String({ description: 'Of the invitation that was sent.' })),
        },
        { description: 'Of somebody whose privacy settings forbid adding: the person may come by itself.' },
      ),
    ),
  },
  { title: 'GroupParticipantResult' },
);

export const CreatedGroup = Type.Object(
  {
    ...groupFields,
    results: Type.Array(ParticipantResult),
    warnings: Type.Array(Type.String(), { description: 'What could not be done of a group that was made.' }),
  },
  { title: 'CreatedGroup' },
);

const profileId = Type.String({ minLength: 1 });
const participants = Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
  minItems: 1,
  maxItems: 1024,
  description: 'Numbers as they are dialled, however they are written, or ids of people.',
  examples: [['628123456789', '+62 812-3456-788']],
});

const sendInvite = Type.Optional(
  Type.Boolean({ description: 'Sends an invitation to whoever allows only some people to add them.' }),
);

export const CreateGroupBody = Type.Object(
  {
    profileId,
    name: Type.String({ minLength: 1, maxLength: 400, description: 'WhatsApp takes 100 characters.' }),
    participants,
    description: Type.Optional(Nullable(Type.String({ maxLength: 8192 }))),
    sendInvite,
  },
  {
    title: 'CreateGroup',
    examples: [{ profileId: exampleProfile, name: 'Bakers', participants: ['628123456789'] }],
  },
);

export const UpdateGroupBody = Type.Object(
  {
    profileId,
    name: Type.Optional(Nullable(Type.String({ maxLength: 400, description: 'An empty one is ignored.' }))),
    description: Type.Optional(
      Nullable(Type.String({ maxLength: 8192, description: 'An empty one, or null, takes it away.' })),
    ),
  },
  { title: 'UpdateGroup', examples: [{ profileId: exampleProfile, name: 'Early bakers' }] },
);

export const ParticipantsBody = Type.Object(
  { profileId, participants },
  {
    title: 'GroupParticipants',
    examples: [{ profileId: exampleProfile, participants: ['628123456789'] }],
  },
);

export const AddBody = Type.Object(
  { profileId, participants, sendInvite },
  {
    title: 'AddGroupParticipants',
    examples: [{ profileId: exampleProfile, participants: ['628123456789'], sendInvite: true }],
  },
);

export const SettingsBody = Type.Object(
  {
    profileId,
    announcement: Type.Optional(Type.Boolean({ description: 'Only admins write.' })),
    locked: Type.Optional(Type.Boolean({ description: 'Only admins change name, description and picture.' })),
    memberAddMode: Type.Optional(Type.Enum(['all', 'admins'])),
    joinApproval: Type.Optional(Type.Boolean()),
    expirationSeconds: Type.Optional(
      Nullable(
        Type.Integer({
          minimum: 0,
          description: '0 or null: for ever; else 86400, 604800 or 7776000, as phones offer.',
        }),
      ),
    ),
  },
  { title: 'GroupSettings', examples: [{ profileId: exampleProfile, announcement: true }] },
);

const invite = Type.String({
  minLength: 1,
  maxLength: 300,
  description: 'The link, or the code at its end.',
  examples: ['https://chat.whatsapp.com/AbCdEfGhIjKlMnOpQrStUv'],
});
export const JoinBody = Type.Object(
  { profileId, invite },
  {
    title: 'JoinGroup',
    examples: [{ profileId: exampleProfile, invite: 'https://chat.whatsapp.com/AbCdEfGhIjKlMnOpQrStUv' }],
  },
);
export const AcceptBody = Type.Object(
  {
    profileId,
    messageId: Type.String({
      minLength: 1,
      maxLength: 128,
      description: 'Our id or the WhatsApp id of the invitation.',
    }),
  },
  {
    title: 'AcceptGroupInvite',
    examples: [{ profileId: exampleProfile, messageId: '0199d6a2-9c1e-7d10-8f2a-1c5b7e9a4d02' }],
  },
);
export const JoinAnswer = Type.Object(
  {
    success: Type.Boolean(),
    groupId: Type.String({ examples: [exampleGroup] }),
    joined: Type.Boolean({ description: 'False: an admin has to let the profile in.' }),
  },
  { title: 'JoinedGroup' },
);
export const InvitePreview = Type.Object(
  {
    id: Type.String({ examples: [exampleGroup] }),
    name: Type.String(),
    description: Nullable(Type.String()),
    owner: Nullable(Person),
    createdAt: Nullable(Timestamp),
    participantsCount: Type.Integer(),
    type: Type.Enum([...groupTypes]),
    joinApproval: Type.Boolean(),
  },
  { title: 'GroupInvitePreview' },
);

export const JoinRequest = Type.Object(
  {
    id: Person,
    phone: Nullable(Type.String()),
    how: Type.Enum(['link', 'member'], { description: 'By the link, or proposed by a member.' }),
    requestedAt: Nullable(Timestamp),
  },
  { title: 'GroupJoinRequest' },
);

const results = Type.Array(ParticipantResult);
export const Added = Type.Object({
  success: Type.Boolean({ description: 'Whether it was done for anybody.' }),
  added: Type.Array(Type.String()),
  results,
});
export const Removed = Type.Object({
  success: Type.Boolean({ description: 'Whether it was done for anybody.' }),
  removed: Type.Array(Type.String()),
  results,
});
export const Changed = Type.Object({
  success: Type.Boolean({ description: 'Whether it was done for anybody.' }),
  results,
});

export const InviteLink = Type.Object(
  {
    link: Type.String({ examples: ['https://chat.whatsapp.com/AbCdEfGhIjKlMnOpQrStUv'] }),
    code: Type.String({ examples: ['AbCdEfGhIjKlMnOpQrStUv'] }),
  },
  { title: 'GroupInviteLink' },
);

/** The largest page: clients of older servers ask for all groups at once. */
export const groupsPage = 200;
export const GroupsQuery = Type.Object({
  search: Type.Optional(Type.String({ maxLength: 200, description: 'In name and description.' })),
  left: Type.Optional(
    Type.Boolean({ default: false, description: 'Those that the profile has left as well.' }),
  ),
  limit: limitOf(groupsPage),
  offset: Type.Optional(Type.Integer({ default: 0 })),
  cursor: cursorBesideOffset('`X-Next-Cursor` and `meta.nextCursor`'),
});
export const ProfileQuery = Type.Object({ profileId });
export const GetQuery = Type.Object({
  profileId,
  refresh: Type.Optional(
    Type.Boolean({ default: false, description: 'Asks WhatsApp first, which needs a connection.' }),
  ),
});
export const ParticipantsQuery = Type.Object({
  profileId,
  role: Type.Optional(Type.Enum(['admin'], { description: 'Admins only.' })),
  limit: limitOf(),
  offset: Type.Optional(Type.Integer({ default: 0 })),
});

export type GroupView = Static<typeof Group>;
export type ParticipantView = Static<typeof Participant>;
export type ResultView = Static<typeof ParticipantResult>;
