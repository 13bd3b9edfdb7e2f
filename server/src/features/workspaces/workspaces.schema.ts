import Type from 'typebox';
import { JsonObject, Nullable, Timestamp, Uuid } from '../../http/schema.ts';

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
