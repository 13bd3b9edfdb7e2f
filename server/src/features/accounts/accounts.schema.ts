import Type, { type Static } from 'typebox';
import { Absentable, JsonObject, Nullable, Timestamp, Uuid } from '../../http/schema.ts';
import { Workspace } from '../workspaces/index.ts';

const fields = {
  id: Uuid,
  workspaceId: Uuid,
  name: Type.String({ examples: ['Default Account'] }),
  description: Nullable(Type.String({ examples: ['Phones of the shop'] })),
  settings: JsonObject,
  status: Type.Enum(['ACTIVE', 'DELETED'] as const),
  createdAt: Timestamp,
  updatedAt: Timestamp,
};

export const Account = Type.Object(fields, { title: 'Account' });
export const AccountInWorkspace = Type.Object(
  { ...fields, workspace: Workspace },
  { title: 'AccountInWorkspace' },
);

export const CreateAccount = Type.Object(
  {
    name: Absentable(Type.String({ maxLength: 200 })),
    description: Absentable(Type.String({ maxLength: 2000 })),
    settings: Absentable(JsonObject),
    workspaceId: Absentable(Type.String({ maxLength: 100, description: 'Absent: the first workspace.' })),
  },
  { title: 'CreateAccount', examples: [{ name: 'Shop', description: 'Phones of the shop' }] },
);
export type NewAccount = Static<typeof CreateAccount>;

export const UpdateAccount = Type.Object(
  {
    name: Type.Optional(Type.String({ maxLength: 200 })),
    description: Type.Optional(Nullable(Type.String({ maxLength: 2000 }))),
    settings: Type.Optional(JsonObject),
  },
  { title: 'UpdateAccount', examples: [{ name: 'Shop', description: null }] },
);
export type AccountChange = Static<typeof UpdateAccount>;
