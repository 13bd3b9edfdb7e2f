import Type, { type Static } from 'typebox';
import { Nullable, Timestamp } from '../../http/schema.ts';

const example = {
  type: 's3',
  s3Endpoint: 'https://s3.example.com',
  s3Bucket: 'bakery-media',
  s3Region: 'us-east-1',
  s3AccessKey: 'AKIAEXAMPLEKEY',
  s3SecretKey: 'wJalrEXAMPLEsecretOfTheBucket',
  s3ForcePathStyle: true,
};
const Kind = Type.Enum(['local', 's3'], {
  description: '`local`: the storage of this server. `s3`: a bucket of the organization.',
  examples: ['s3'],
});
const text = (maxLength: number, examples: string[], description: string) =>
  Type.Optional(Nullable(Type.String({ maxLength, examples, description })));

const body = {
  type: Type.Optional(Nullable(Kind)),
  s3Endpoint: text(
    500,
    [example.s3Endpoint],
    'Address of an S3-compatible store; null or empty: Amazon’s for the region.',
  ),
  s3Bucket: text(63, [example.s3Bucket], 'Its name.'),
  s3Region: text(64, [example.s3Region], '`us-east-1` unless said.'),
  s3AccessKey: text(256, [example.s3AccessKey], 'The mask that was answered keeps it.'),
  s3SecretKey: text(512, [example.s3SecretKey], 'The mask that was answered keeps it.'),
  s3ForcePathStyle: Type.Optional(
    Nullable(
      Type.Boolean({
        description: 'Whether the bucket stands in the path instead of the host name; true unless said.',
        examples: [true],
      }),
    ),
  ),
};
export const StorageBody = Type.Object(body, {
  title: 'StorageSettingsBody',
  description: 'What is absent stays; `type: "local"` is the disk of the server.',
  examples: [example],
});
export const StorageTestBody = Type.Object(body, {
  title: 'StorageTestBody',
  description: 'What would be set; absent or masked values are those that are set.',
  examples: [{}],
});
export const StorageTestQuery = Type.Object({
  createBucket: Type.Optional(
    Type.Boolean({ description: 'Makes the bucket when it is missing.', examples: [false] }),
  ),
});
export const Storage = Type.Object(
  {
    type: Kind,
    s3Endpoint: Nullable(Type.String({ examples: [example.s3Endpoint] })),
    s3Bucket: Nullable(Type.String({ examples: [example.s3Bucket] })),
    s3Region: Nullable(Type.String({ examples: [example.s3Region] })),
    s3ForcePathStyle: Nullable(Type.Boolean({ examples: [true] })),
    s3AccessKey: Nullable(Type.String({ description: 'Masked.', examples: ['********EKEY'] })),
    s3SecretKey: Nullable(Type.String({ description: 'Masked.', examples: ['********cket'] })),
    source: Type.Enum(['database', 'env'], {
      description:
        '`database`: set by this organization. `env`: the storage of this server, of which only the type is shown.',
    }),
  },
  { title: 'StorageSettings' },
);
export const StorageSaved = Type.Object(
  { success: Type.Boolean(), message: Type.String({ examples: ['Saved.'] }), storage: Storage },
  { title: 'StorageSettingsSaved' },
);
export const StorageTested = Type.Object(
  {
    success: Type.Boolean(),
    message: Type.String({
      examples: ['The bucket bakery-media takes files, gives them back and removes them.'],
    }),
    code: Nullable(
      Type.Enum(
        [
          ...['dns', 'target', 'connection', 'tls', 'timeout', 'login', 'permission', 'bucket', 'region'],
          ...['bytes', 'other'],
        ] as const,
        { description: 'What went wrong; `bytes`: what was read is not what was written.' },
      ),
    ),
    bucketMissing: Type.Boolean({ examples: [false] }),
    bucketCreated: Type.Boolean({ examples: [false] }),
    durationMs: Type.Integer({ examples: [120] }),
  },
  { title: 'StorageTestResult' },
);
const count = (description: string) => Type.Integer({ minimum: 0, description, examples: [120] });
export const StorageMove = Type.Object(
  {
    state: Type.Enum(['none', 'running', 'paused', 'cancelled', 'done', 'incomplete'], {
      description:
        '`incomplete`: over, and some files stayed where they were. `none`: there was no move yet.',
      examples: ['running'],
    }),
    totalFiles: count('Files that lay elsewhere when it began; the same content counts once.'),
    totalBytes: count('Bytes of them.'),
    movedFiles: count('Files that lie at the new place.'),
    movedBytes: count('Bytes of them.'),
    failedFiles: count('Files that were damaged or missing where they lay.'),
    problem: Nullable(
      Type.String({
        description: 'What went wrong last.',
        examples: ['The storage of files does not answer.'],
      }),
    ),
    createdAt: Nullable(Timestamp),
    updatedAt: Nullable(Timestamp),
    finishedAt: Nullable(Timestamp),
  },
  { title: 'StorageMove' },
);

export type StorageBodyFields = Static<typeof StorageBody>;
export type StorageFault = NonNullable<Static<typeof StorageTested>['code']>;
