import Type, { type Static } from 'typebox';
import { Absentable, Nullable, Timestamp, Uuid } from '../../http/schema.ts';

export const nameMax = 200;
/** Bytes of the text of a document. */
export const textBytesMax = 2 * 1024 * 1024;
export const queryMax = 2_000;
export const resultsMax = 50;

const Name = Type.String({ minLength: 1, maxLength: nameMax, pattern: '\\S', examples: ['Opening hours'] });

export const KnowledgeDocument = Type.Object(
  {
    id: Uuid,
    profileId: Uuid,
    name: Type.String({ examples: ['Opening hours'] }),
    type: Type.String({ description: '`txt`, `md`, `pdf`, `docx` or `csv`.', examples: ['txt'] }),
    size: Type.Integer({ description: 'Bytes of its text.', examples: [1840] }),
    chunkCount: Type.Integer({ description: 'Into how many pieces it was cut.', examples: [3] }),
    status: Type.String({
      description:
        '`ready`; `embedding` while its vectors are made, `failed` when they could not be. It is found by its words in any case.',
      examples: ['ready'],
    }),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  },
  { title: 'KnowledgeDocument' },
);

export const IngestText = Type.Object(
  {
    name: Name,
    content: Type.String({
      minLength: 1,
      maxLength: textBytesMax,
      pattern: '\\S',
      description: 'Text or Markdown in any script, at most 2 MiB in UTF-8.',
      examples: ['# Opening hours\n\nWe are open from 7 to 18, on Sundays from 8 to 12.'],
    }),
  },
  {
    title: 'IngestText',
    examples: [
      {
        name: 'Opening hours',
        content: '# Opening hours\n\nWe are open from 7 to 18, on Sundays from 8 to 12.',
      },
    ],
  },
);
export type IngestTextBody = Static<typeof IngestText>;

export const IngestFile = Type.Object(
  {
    name: Absentable(Type.String({ maxLength: nameMax, description: 'That of the file when absent.' })),
    mediaId: Absentable(
      Type.String({
        maxLength: 64,
        description: 'The id of an upload (`POST /uploads/media`); or `base64`.',
      }),
    ),
    base64: Absentable(
      Type.String({ description: 'The bytes, bare or as a data URL; `MEDIA_BASE64_BYTES_MAX` at most.' }),
    ),
    filename: Absentable(
      Type.String({
        maxLength: 1_000,
        description: 'Tells CSV and Markdown from other texts; PDF and DOCX are known by their content.',
        examples: ['prices.csv'],
      }),
    ),
  },
  {
    title: 'IngestFile',
    examples: [{ name: 'Prices', base64: 'QnJlYWQsUHJpY2UKUnllLDM=', filename: 'prices.csv' }],
  },
);
export type IngestFileBody = Static<typeof IngestFile>;

export const SearchKnowledge = Type.Object(
  {
    query: Type.String({
      minLength: 1,
      maxLength: queryMax,
      pattern: '\\S',
      examples: ['When do you open on Sundays?'],
    }),
    maxResults: Absentable(
      Type.Integer({ minimum: 1, maximum: resultsMax, description: '5 when absent.', examples: [5] }),
    ),
  },
  { title: 'SearchKnowledge', examples: [{ query: 'When do you open on Sundays?', maxResults: 5 }] },
);

const Score = Type.Number({ examples: [1] });
export const KnowledgeHit = Type.Object(
  {
    documentName: Type.String({ examples: ['Opening hours'] }),
    content: Type.String({ examples: ['We are open from 7 to 18, on Sundays from 8 to 12.'] }),
    score: { ...Score, description: 'Above 0, at most 1; the best first.' },
    chunkId: Uuid,
    documentId: Uuid,
    heading: Nullable(
      Type.String({ description: 'The headings it stands under.', examples: ['Opening hours'] }),
    ),
    position: Type.Integer({ description: 'Which piece of its document, from 0.', examples: [0] }),
    textScore: Type.Number({
      description: 'BM25 of its words; 0 when only its vector is near.',
      examples: [4.2],
    }),
    vectorScore: Nullable(
      Type.Number({ description: 'Cosine of its vector; null without vectors.', examples: [0.83] }),
    ),
    support: Type.Number({
      description: 'Which part of what the query asks for, by rarity of its words, stands in it: 0 to 1.',
      examples: [0.8],
    }),
    degraded: Type.Boolean({
      description: 'Vectors were not to be had in time: words alone answered.',
      examples: [false],
    }),
  },
  { title: 'KnowledgeHit' },
);
