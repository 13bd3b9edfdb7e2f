import Type, { type Static } from 'typebox';
import { cursorOf, limitOf } from '../../../http/list.ts';
import { Absentable, Nullable, Timestamp, Uuid } from '../../../http/schema.ts';

const Header = Type.String({ minLength: 1, maxLength: 200 });
const Mapping = Type.Object(
  {
    phone: Absentable(Header),
    name: Absentable(Header),
    tags: Absentable(Header),
    metadata: Absentable(
      Type.Record(Type.String({ minLength: 1, maxLength: 200 }), Header, {
        maxProperties: 100,
        description: 'The column of each field.',
      }),
    ),
  },
  { description: 'The headers of the columns, where they have other names than the usual ones.' },
);
export type Mapping = Static<typeof Mapping>;

const dryRun = Absentable(
  Type.Boolean({
    description: 'Only says what would be done. Somebody who is in the file twice may count as new twice.',
  }),
);
const tags = Absentable(
  Type.Array(Type.String({ maxLength: 100 }), { maxItems: 20, description: 'Given to everybody in it.' }),
);

export const ImportContacts = Type.Object(
  {
    profileId: Type.String({ minLength: 1 }),
    contacts: Type.Array(
      Type.Object({
        phone: Type.String({ maxLength: 1_000 }),
        name: Absentable(Type.String({ maxLength: 10_000 })),
        tags: Absentable(Type.Array(Type.String({ maxLength: 1_000 }), { maxItems: 1_000 })),
        metadata: Absentable(Type.Record(Type.String(), Type.Unknown())),
      }),
      { minItems: 1, maxItems: 200_000 },
    ),
    tags,
    dryRun,
  },
  {
    title: 'ImportContacts',
    examples: [
      {
        profileId: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11',
        contacts: [{ phone: '0812-3456-789', name: 'Ani', tags: ['regular'] }],
      },
    ],
  },
);

export const ImportCsv = Type.Object(
  {
    profileId: Type.String({ minLength: 1 }),
    csvData: Absentable(Type.String({ description: 'The text itself; a header comes first.' })),
    uploadId: Absentable(
      Type.String({ maxLength: 64, description: 'Of a file that was uploaded, in any encoding.' }),
    ),
    mapping: Absentable(Mapping),
    tags,
    dryRun,
  },
  {
    title: 'ImportCsv',
    examples: [
      {
        profileId: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11',
        csvData: 'phone,name,city\n0812-3456-789,Ani,Bandung\n',
        mapping: { metadata: { city: 'city' } },
      },
    ],
  },
);

const counts = {
  created: Type.Integer(),
  updated: Type.Integer({ description: 'Those that were contacts already.' }),
  failed: Type.Integer(),
};

export const ImportResult = Type.Object(
  {
    ...counts,
    errors: Type.Array(Type.String({ examples: ['Row 7: is no phone number with country code'] }), {
      description: 'The first 100.',
    }),
    rows: Type.Array(
      Type.Object({
        line: Type.Integer(),
        phone: Type.String(),
        status: Type.Enum(['created', 'updated', 'failed'] as const),
        reason: Nullable(Type.String()),
      }),
      { description: 'The first 1000.' },
    ),
    isDryRun: Type.Boolean(),
  },
  { title: 'ImportResult' },
);

export const ContactImport = Type.Object(
  {
    id: Uuid,
    profileId: Uuid,
    status: Type.Enum(['running', 'done', 'failed'] as const),
    isDryRun: Type.Boolean(),
    rowsRead: Type.Integer(),
    ...counts,
    errors: Type.Array(Type.String(), {
      description: 'Why it failed as a whole. The rows that failed are in the file of failures.',
    }),
    createdAt: Timestamp,
    updatedAt: Timestamp,
    finishedAt: Nullable(Timestamp),
  },
  { title: 'ContactImport' },
);

export const ContactImportPage = Type.Object(
  { imports: Type.Array(ContactImport), cursor: Nullable(Type.String()) },
  { title: 'ContactImportPage' },
);

export const ImportsQuery = Type.Object({
  profileId: Type.Optional(Type.String({ description: 'Absent: every profile of the organisation.' })),
  limit: limitOf(),
  cursor: cursorOf('`cursor`'),
});
