import { Type } from 'typebox';
import { Failure } from './schemas.ts';

const count = Type.Integer({ minimum: 0 });

/** Kinds in the address of an upload. */
export const UPLOAD_KINDS = [
  'image',
  'video',
  'audio',
  'document',
  'sticker',
  'ptt',
  'gif',
  'ptv',
  'thumbnail-link',
  'md-app-state',
  'md-msg-hist',
] as const;

const hash = Type.String({
  pattern: '^[A-Za-z0-9_-]{43}=?$',
  description: 'SHA-256 of the body in base64url.',
});
export const UploadParam = Type.Object({ kind: Type.Enum([...UPLOAD_KINDS]), hash });
export const UploadHashParam = Type.Object({ hash });
export const UploadQuery = Type.Object({
  auth: Type.Optional(Type.String({ description: 'The `auth` of the media connection (`iq xmlns=w:m`).' })),
  token: Type.Optional(Type.String()),
});
export const Uploaded = Type.Object({
  url: Type.String({ description: 'The whole address of the file, on this network.' }),
  direct_path: Type.String({ description: 'The same without the host.' }),
});

export const FileParam = Type.Object({ file: Type.String({ pattern: '^[0-9a-f]{1,64}\\.enc$' }) });
export const FileQuery = Type.Object({ oh: Type.Optional(Type.String()) });
export const FileHeaders = Type.Object({
  range: Type.Optional(
    Type.String({ description: 'One range of bytes: `bytes=0-99`, `bytes=100-`, `bytes=-100`.' }),
  ),
});
export const FileBytes = Type.Unsafe<Buffer>(
  Type.Any({ description: 'Encrypted bytes (`application/octet-stream`).' }),
);

/** What goes wrong with files, besides what is wrong with any request. */
export const mediaRefusals = { 401: Failure, 410: Failure, 413: Failure, 416: Failure };

export const MediaParam = Type.Object({ id: Type.String({ pattern: '^[0-9a-f]{1,64}$' }) });
export const MediaQuery = Type.Object({
  after: Type.Optional(Type.Integer({ minimum: 0, description: 'Only files after this `seq`.' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
});
export const Media = Type.Object({
  seq: count,
  id: Type.String(),
  kind: Type.String({
    description: '`image`, `video`, `audio`, `document`…: as in the address of the upload.',
  }),
  size: Type.Integer({ description: 'Bytes of the encrypted file.' }),
  sha256: Type.String({ description: 'SHA-256 of the encrypted file, hexadecimal.' }),
  uploader: Type.String({ description: 'Number of the person who uploaded it.' }),
  uploadedAt: Type.Integer({ description: 'Unix milliseconds.' }),
  directPath: Type.String(),
  url: Type.String(),
  status: Type.Integer({ description: 'What a download is answered with: 200, 404 or 410.' }),
});
export const MediaPage = Type.Object({
  media: Type.Array(Media),
  cursor: Type.Integer({ description: 'Give it as `after` to read on.' }),
  totalBytes: Type.Integer({ description: 'Size of all files together.' }),
});
export const Expiry = Type.Object(
  {
    status: Type.Optional(
      Type.Enum([404, 410], { description: 'What downloads are answered with; default 410.' }),
    ),
  },
  { examples: [{ status: 410 }] },
);
