import type { Readable } from 'node:stream';
import Type from 'typebox';
import { JsonObject, Nullable, Timestamp, Uuid } from '../../http/schema.ts';
import type { AllKeeps } from '../../platform/keeps/keeps.ts';
import type { Section } from '../../platform/keeps/section.ts';

const List = Type.Array(JsonObject);
const Count = Type.Integer({ examples: [12] });

/** Lists that clients expect even when they are empty for this person. */
export const promised = {
  notifications: List,
  pushSubscriptions: List,
  automations: List,
  profiles: List,
  contacts: List,
  messages: List,
};

/** The document, with the sections of all features. It is streamed, so this schema only describes it. */
export function personalData({ sections }: Pick<AllKeeps, 'sections'>) {
  const shapeOf = ({ isSingle }: Section) => (isSingle ? JsonObject : List);
  const own = sections.person.map((section) => [section.name, shapeOf(section)]);
  const more = sections.organization
    .filter(({ name }) => !(name in promised))
    .map((section) => [section.name, Type.Optional(shapeOf(section))]);
  return Type.Unsafe<Readable>(
    Type.Object(
      {
        exportedAt: Timestamp,
        gdprArticle: Type.String({ examples: ['Articles 15 and 20'] }),
        covers: Type.Enum(['person', 'organization'], {
          description:
            'The organisation only for its owner; the lists of the organisation are empty otherwise.',
        }),
        ...Object.fromEntries(own),
        ...promised,
        ...Object.fromEntries(more),
        statistics: Type.Object({
          totalMessages: Count,
          totalContacts: Count,
          totalAutomations: Count,
          totalAuditLogs: Count,
          totalNotifications: Count,
          totalPushSubscriptions: Count,
          totalSessions: Count,
          totalProfiles: Count,
        }),
      },
      { title: 'PersonalData' },
    ),
  );
}

export const File = {
  description: 'The document of GET /account/export, gzipped.',
  content: {
    'application/gzip': { schema: Type.Unsafe<Readable>(Type.String({ format: 'binary' })) },
  },
};

export const DataExport = Type.Object(
  {
    id: Uuid,
    status: Type.Enum(['queued', 'running', 'ready', 'failed', 'expired']),
    progress: Type.Object({
      sectionsDone: Type.Integer({ examples: [24] }),
      sectionsTotal: Type.Integer({ examples: [24] }),
      rows: Type.Integer({ examples: [18_244] }),
    }),
    bytes: Nullable(Type.Integer({ examples: [1_048_576], description: 'Size of the file.' })),
    failureReason: Nullable(Type.String()),
    createdAt: Timestamp,
    finishedAt: Nullable(Timestamp),
    expiresAt: Nullable(Timestamp),
    downloadUrl: Type.Optional(
      Type.String({
        description: 'Where the file is, while there is one.',
        examples: ['/api/v1/account/exports/0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11/download'],
      }),
    ),
  },
  { title: 'DataExport' },
);

export const Erase = Type.Object(
  { password: Type.String({ minLength: 1, maxLength: 1024, examples: ['three blue bicycles'] }) },
  { title: 'EraseAccount', examples: [{ password: 'three blue bicycles' }] },
);

export const Erased = Type.Object(
  {
    success: Type.Boolean({ examples: [true] }),
    gdprArticle: Type.String({ examples: ['Article 17'] }),
    deletedAt: Timestamp,
    deletionSummary: Type.Object({
      pushSubscriptions: Type.Integer({ examples: [0] }),
      notifications: Type.Integer({ examples: [0] }),
      auditLogs: Type.Integer({ description: 'Rows that no longer say where the person was.' }),
      sessions: Type.Integer({ examples: [2] }),
      apiKeys: Type.Integer({ examples: [1] }),
      userRoles: Type.Integer({ examples: [1] }),
      user: Type.Integer({ examples: [1] }),
    }),
    message: Type.String({ examples: ['Your account and what is about you were deleted.'] }),
  },
  { title: 'ErasedAccount' },
);
