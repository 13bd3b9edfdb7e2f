import Type, { type Static } from 'typebox';
import { JsonObject, Nullable, Timestamp, Uuid } from '../../http/schema.ts';
import { Workspace } from '../workspaces/index.ts';

const Country = Type.String({ maxLength: 2, examples: ['ID'], description: 'ISO 3166, two letters.' });

const fields = {
  id: Uuid,
  name: Type.String({ examples: ['Corner Bakery'] }),
  slug: Type.String({ examples: ['corner-bakery-1f2e3d4c'] }),
  plan: Type.String({ examples: ['free'] }),
  settings: JsonObject,
  defaultCountry: Nullable(Country),
  createdAt: Timestamp,
  updatedAt: Timestamp,
};

export const Organization = Type.Object(fields, { title: 'Organization' });

export const OrganizationWithWorkspaces = Type.Object(
  { ...fields, workspaces: Type.Array(Workspace) },
  { title: 'OrganizationWithWorkspaces' },
);

/** Whatever clients keep there, and what the server heeds. */
const Settings = Type.Object(
  {
    messageRetentionDays: Type.Optional(
      Nullable(
        Type.Integer({
          minimum: 1,
          maximum: 36_500,
          description: 'Messages older than this are deleted for good, with their files; null: never.',
          examples: [365],
        }),
      ),
    ),
    timeZone: Type.Optional(
      Nullable(
        Type.String({
          maxLength: 64,
          description: 'An IANA time zone: when days begin and end, for limits and statistics; null: UTC.',
          examples: ['Asia/Jakarta'],
        }),
      ),
    ),
  },
  { additionalProperties: true },
);

export const UpdateOrganization = Type.Object(
  {
    name: Type.Optional(Type.String({ maxLength: 200 })),
    settings: Type.Optional(Settings),
    defaultCountry: Type.Optional(Nullable(Country)),
  },
  { title: 'UpdateOrganization', examples: [{ name: 'Corner Bakery', defaultCountry: 'ID' }] },
);
export type OrganizationChange = Static<typeof UpdateOrganization>;
