import Type, { type Static } from 'typebox';
import { Absentable, JsonObject, Nullable, Timestamp, Uuid } from '../../http/schema.ts';

export const workspaceFields = {
  id: Uuid,
  organizationId: Uuid,
  name: Type.String({ examples: ['Default'] }),
  slug: Type.String({ examples: ['default'] }),
  description: Nullable(Type.String()),
  settings: JsonObject,
  createdAt: Timestamp,
  updatedAt: Timestamp,
};

export const Workspace = Type.Object(workspaceFields, { title: 'Workspace' });

export const CountedWorkspace = Type.Object(
  { ...workspaceFields, _count: Type.Object({ profiles: Type.Integer({ examples: [2] }) }) },
  { title: 'CountedWorkspace' },
);

export const WorkspaceWithProfiles = Type.Object(
  {
    ...workspaceFields,
    profiles: Type.Array(
      Type.Object({
        id: Uuid,
        workspaceId: Uuid,
        accountId: Nullable(Uuid),
        name: Type.String({ examples: ['Front desk'] }),
        displayName: Type.String({ examples: ['Front desk'] }),
        phone: Nullable(Type.String({ examples: ['628123456789'] })),
        phoneNumber: Nullable(Type.String({ examples: ['628123456789'] })),
        engine: Type.String({ examples: ['baileys'] }),
        status: Type.String({ examples: ['connected'] }),
        createdAt: Timestamp,
        updatedAt: Timestamp,
      }),
    ),
  },
  { title: 'WorkspaceWithProfiles' },
);

const Name = Type.String({ maxLength: 200, pattern: '\\S' });
const Description = Type.String({ maxLength: 2000 });

export const CreateWorkspace = Type.Object(
  {
    name: Name,
    slug: Absentable(
      Type.String({
        maxLength: 100,
        description:
          'Unique in the organization; anything but letters and digits becomes a dash. Absent: made from the name.',
      }),
    ),
    description: Absentable(Description),
    settings: Absentable(JsonObject),
  },
  { title: 'CreateWorkspace', examples: [{ name: 'Branch Bandung', description: 'Phones of the branch' }] },
);
export type NewWorkspace = Static<typeof CreateWorkspace>;

export const UpdateWorkspace = Type.Object(
  {
    name: Type.Optional(Type.String({ maxLength: 200 })),
    description: Type.Optional(Nullable(Description)),
    settings: Type.Optional(JsonObject),
  },
  { title: 'UpdateWorkspace', examples: [{ name: 'Branch Bandung', description: null }] },
);
export type WorkspaceChange = Static<typeof UpdateWorkspace>;
