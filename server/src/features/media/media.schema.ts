import Type, { type Static } from 'typebox';
import { Absentable, Nullable, Timestamp, Uuid } from '../../http/schema.ts';

const link =
  'https://example.com/api/v1/media/0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11/file/t3x9k1.dGhlIHNpZ25hdHVyZQ/menu.pdf';

export const Media = Type.Object(
  {
    id: Uuid,
    url: Type.String({
      description: 'Needs no login and expires. A new one is given by `GET /media/:id`.',
      examples: [link],
    }),
    thumbnailUrl: Nullable(
      Type.String({ description: 'A small picture as WebP, of pictures only.', examples: [null] }),
    ),
    key: Type.String({
      description: 'The same as `id`, for older clients.',
      examples: ['0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11'],
    }),
    size: Type.Integer({ description: 'In bytes.', examples: [48_213] }),
    filename: Type.String({ examples: ['menu.pdf'] }),
    mimeType: Type.String({ description: 'Found in the content.', examples: ['application/pdf'] }),
    type: Type.Enum(['IMAGE', 'VIDEO', 'AUDIO', 'DOCUMENT'] as const, { examples: ['DOCUMENT'] }),
    width: Nullable(Type.Integer({ examples: [null] })),
    height: Nullable(Type.Integer({ examples: [null] })),
    durationMs: Nullable(Type.Integer({ examples: [null] })),
    createdAt: Timestamp,
  },
  { title: 'Media' },
);

/** Always in its envelope, whatever the format: shipped clients read it so. */
export const Uploaded = Type.Object(
  {
    success: Type.Boolean({ examples: [true] }),
    data: Media,
    meta: Type.Object({ timestamp: Timestamp }),
  },
  { title: 'UploadedMedia' },
);

export const UploadForm = Type.Object(
  {
    file: Type.Optional(
      Type.String({ format: 'binary', description: 'One file; the field may have any name.' }),
    ),
  },
  { title: 'UploadForm', examples: [{ file: '(the bytes of the file)' }] },
);

export const UploadBody = Type.Object(
  {
    url: Absentable(
      Type.String({
        maxLength: 2048,
        description: 'Where the file is fetched from; not together with `base64`.',
      }),
    ),
    base64: Absentable(
      Type.String({ description: 'The bytes, bare or as a data URL; `MEDIA_BASE64_BYTES_MAX` at most.' }),
    ),
    filename: Absentable(Type.String({ maxLength: 1_000 })),
    mimetype: Absentable(Type.String({ maxLength: 200, description: 'Checked against the content.' })),
  },
  { title: 'UploadBody', examples: [{ base64: 'aGVsbG8=', filename: 'hello.txt', mimetype: 'text/plain' }] },
);
export type UploadBody = Static<typeof UploadBody>;
