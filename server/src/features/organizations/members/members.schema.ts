import Type, { type Static } from 'typebox';
import { Absentable, Nullable, Timestamp, Uuid } from '../../../http/schema.ts';

const roleWords = ['admin', 'member', 'viewer', 'manager', 'operator'] as const;

/** One line: what people are called goes into letters and logs of other systems. */
const oneLine = '[^\\u0000-\\u001f\\u007f\\u0085\\u2028\\u2029]*$';
export const PersonName = Type.String({ maxLength: 200, pattern: `^${oneLine}`, examples: ['Budi'] });
const NeededName = Type.String({ maxLength: 200, pattern: `^(?=.*\\S)${oneLine}`, examples: ['Budi'] });
const Role = Type.Enum([...roleWords], { examples: ['member'] });
const RoleId = Type.String({ maxLength: 100, description: 'A role of the organization, instead of `role`.' });

export const Member = Type.Object(
  {
    id: Uuid,
    name: Type.String({ examples: ['Budi'] }),
    email: Type.String({ examples: ['budi@example.com'] }),
    role: Type.String({ examples: ['member'], description: 'The system role; beside an own role `member`.' }),
    roleId: Nullable(Uuid),
    roleName: Nullable(Type.String({ examples: ['Member'] })),
    isActive: Type.Boolean(),
    status: Type.Enum(['active', 'disabled', 'invited'] as const),
    lastLoginAt: Nullable(Timestamp),
    createdAt: Timestamp,
    expiresAt: Type.Optional({ ...Timestamp, description: 'Of an invitation.' }),
  },
  { title: 'Member' },
);
export type MemberAnswer = Static<typeof Member>;

export const InviteMember = Type.Object(
  {
    email: Type.String({ format: 'email', maxLength: 254, examples: ['budi@example.com'] }),
    name: NeededName,
    role: Absentable(Role),
    roleId: Absentable(RoleId),
    delivery: Absentable(
      Type.Enum(['mail', 'link'] as const, {
        description: '`mail` sends the link by letter, and is the default where letters can be sent.',
      }),
    ),
  },
  { title: 'InviteMember', examples: [{ email: 'budi@example.com', name: 'Budi', role: 'member' }] },
);
export type NewInvitation = Static<typeof InviteMember>;

export const InvitedMember = Type.Object(
  {
    id: Uuid,
    name: Type.String({ examples: ['Budi'] }),
    email: Type.String({ examples: ['budi@example.com'] }),
    role: Type.String({ examples: ['member'] }),
    roleId: Uuid,
    roleName: Type.String({ examples: ['Member'] }),
    isActive: Type.Literal(false),
    status: Type.Literal('invited'),
    createdAt: Timestamp,
    expiresAt: Timestamp,
    delivery: Type.Enum(['mail', 'link'] as const),
    inviteUrl: Type.Optional(
      Type.String({
        examples: ['https://wa.example.com/accept-invitation#token=Wq3…'],
        description: 'To be handed over; in this answer only, and not when it went by letter.',
      }),
    ),
    token: Type.Optional(Type.String({ examples: ['Wq3…'] })),
  },
  { title: 'InvitedMember' },
);
export type InvitationAnswer = Static<typeof InvitedMember>;

export const ChangeRole = Type.Object(
  { role: Absentable(Role), roleId: Absentable(RoleId) },
  { title: 'ChangeRole', examples: [{ role: 'viewer' }] },
);
export type RoleChange = Static<typeof ChangeRole>;

export const UpdateMember = Type.Object(
  { isActive: Type.Optional(Type.Boolean()), name: Type.Optional(PersonName) },
  { title: 'UpdateMember', examples: [{ isActive: false }] },
);
export type MemberChange = Static<typeof UpdateMember>;

export const TransferOwnership = Type.Object(
  {
    userId: Type.String({ maxLength: 100, examples: ['0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11'] }),
    password: Type.String({
      maxLength: 1024,
      description: 'Of the caller.',
      examples: ['three blue bicycles'],
    }),
  },
  {
    title: 'TransferOwnership',
    examples: [{ userId: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11', password: 'three blue bicycles' }],
  },
);
export type Transfer = Static<typeof TransferOwnership>;
