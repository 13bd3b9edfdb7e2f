import Type, { type Static } from 'typebox';
import { limitOf, PageQuery, pageSizeMax } from '../../http/list.ts';
import { Absentable, Nullable, Timestamp, Uuid } from '../../http/schema.ts';

const PermissionKeys = Type.Array(Type.String({ maxLength: 100 }), {
  maxItems: 200,
  description: 'Keys of `GET /rbac/permissions`.',
  examples: [['profile:read', 'message:read']],
});
const Name = { minLength: 1, maxLength: 100, pattern: '\\S', examples: ['Night shift'] };
const Description = Type.String({ maxLength: 500, examples: ['Answers after closing time.'] });

export const PermissionItem = Type.Object(
  {
    key: Type.String({ examples: ['message:send'] }),
    description: Type.String({ examples: ['Send messages, and act in chats and groups.'] }),
    category: Type.String({ examples: ['message'] }),
  },
  { title: 'Permission' },
);

const roleFields = {
  id: Uuid,
  organizationId: Uuid,
  name: Type.String({ examples: ['Night shift'] }),
  description: Nullable(Description),
  permissions: PermissionKeys,
  isSystem: Type.Boolean({ description: 'System roles are the same everywhere and cannot be changed.' }),
  systemKey: Nullable(Type.String({ examples: ['manager'] })),
  createdAt: Timestamp,
  updatedAt: Timestamp,
};
export const Role = Type.Object(roleFields, { title: 'Role' });

const counted = { _count: Type.Object({ users: Type.Integer({ examples: [3] }) }) };
export const CountedRole = Type.Object({ ...roleFields, ...counted }, { title: 'CountedRole' });

const userRoleFields = {
  id: Uuid,
  userId: Uuid,
  roleId: Uuid,
  organizationId: Uuid,
  workspaceId: Nullable(Type.String({ description: 'Set: counts in this workspace only.' })),
  profileId: Nullable(Type.String({ description: 'Set: counts for this profile only.' })),
  createdAt: Timestamp,
};
export const UserRole = Type.Object(userRoleFields, { title: 'UserRole' });

export const RoleWithUsers = Type.Object(
  {
    ...roleFields,
    ...counted,
    users: Type.Array(
      Type.Object({
        ...userRoleFields,
        user: Type.Object({
          id: Uuid,
          name: Type.String({ examples: ['Ana'] }),
          email: Type.String({ examples: ['ana@example.com'] }),
          role: Type.String({ examples: ['member'] }),
          isActive: Type.Boolean(),
        }),
      }),
    ),
  },
  { title: 'RoleWithUsers' },
);

export const UserRoleInOrganization = Type.Object(
  {
    ...userRoleFields,
    role: Role,
    organization: Type.Object({
      id: Uuid,
      name: Type.String({ examples: ['Corner Bakery'] }),
      slug: Type.String({ examples: ['corner-bakery'] }),
      plan: Type.String({ examples: ['free'] }),
      createdAt: Timestamp,
      updatedAt: Timestamp,
    }),
  },
  { title: 'UserRoleInOrganization' },
);

export const CreateRole = Type.Object(
  { name: Type.String(Name), description: Absentable(Description), permissions: PermissionKeys },
  { title: 'CreateRole', examples: [{ name: 'Night shift', permissions: ['profile:read', 'message:read'] }] },
);
export type NewRole = Static<typeof CreateRole>;

export const UpdateRole = Type.Object(
  {
    name: Absentable(Type.String({ maxLength: 100, pattern: '^$|\\S', examples: ['Night shift'] })),
    description: Absentable(Description),
    permissions: Absentable(PermissionKeys),
  },
  { title: 'UpdateRole', examples: [{ permissions: ['profile:read', 'message:read', 'message:send'] }] },
);
export type RoleChange = Static<typeof UpdateRole>;

const id = '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11';
export const AssignRole = Type.Object(
  {
    userId: Type.String({ examples: [id] }),
    roleId: Type.String({ examples: [id] }),
    workspaceId: Absentable(Type.String({ description: 'Counts in this workspace only.' })),
    profileId: Absentable(Type.String({ description: 'Counts for this profile only.' })),
  },
  { title: 'AssignRole', examples: [{ userId: id, roleId: id }] },
);
export type Assignment = Static<typeof AssignRole>;

/** Where a role counts; neither means the whole organisation. */
export const PlaceQuery = Type.Object({
  workspaceId: Type.Optional(Type.String({ description: 'In this workspace.' })),
  profileId: Type.Optional(Type.String({ description: 'For this profile.' })),
});

/** Roles are few, so a page holds as many as a page may. */
export const RolePage = Type.Object({
  ...PageQuery.properties,
  limit: limitOf(pageSizeMax),
});
