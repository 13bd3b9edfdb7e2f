import type { Actor } from '../../platform/actor.ts';
import { type AuditLog, differences } from '../../platform/audit/record.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import { Failure } from '../../platform/failures.ts';
import { maskSecret } from '../../platform/masked.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import type { Rate } from '../../platform/rate.ts';
import type { S3Manner, S3Settings } from '../../platform/storage/s3.ts';
import type { Storage } from '../../platform/storage/storage.ts';
import { type BucketSettings, type Media, type MoveRow, toS3 } from '../media/index.ts';
import type { SettingsStore } from './settings.store.ts';
import type { StorageBodyFields } from './storage.schema.ts';
import { mergeStorage } from './storage.ts';
import { type StorageTested, testBucket, testOwnStorage } from './storage-test.ts';

const testFolder = 'multiwa-test';

export function createStorageService(deps: {
  audit: AuditLog;
  outbound: Outbound;
  store: SettingsStore;
  /** How often an organisation may test: a test must not scan a network. */
  rate: Rate;
  media: Pick<Media, 'places' | 'moves'>;
  /** The server's own. */
  storage: Storage;
  bucket: (settings: S3Settings, manner?: S3Manner) => Storage;
  config: { s3Bucket?: string | undefined };
}) {
  const { audit, outbound, store, media, config } = deps;

  function present(bucket: BucketSettings | undefined) {
    if (!bucket) {
      const nothing = { s3Endpoint: null, s3Bucket: null, s3Region: null, s3ForcePathStyle: null };
      const type = config.s3Bucket === undefined ? ('local' as const) : ('s3' as const);
      // Whose bucket that is, and where, is nothing to an organisation.
      return { type, ...nothing, s3AccessKey: null, s3SecretKey: null, source: 'env' as const };
    }
    return {
      ...{ type: 's3' as const, s3Endpoint: bucket.endpoint, s3Bucket: bucket.bucket },
      ...{ s3Region: bucket.region, s3ForcePathStyle: bucket.forcePathStyle, source: 'database' as const },
      s3AccessKey: maskSecret(bucket.accessKey),
      s3SecretKey: maskSecret(bucket.secretKey),
    };
  }

  function merged(before: BucketSettings | undefined, body: StorageBodyFields) {
    const read = mergeStorage(before, body);
    if ('problems' in read) throw new Failure('VALIDATION_ERROR', { details: read.problems });
    return read.bucket;
  }

  /** Something about the move, noted with it. */
  const withMove = (actor: Actor, word: string, deed: (tx: Tx) => Promise<MoveRow>) =>
    store.inTransaction(async (tx) => {
      const row = await deed(tx);
      const resource = { type: 'storage', id: null };
      await audit.record(tx, actor, { action: 'settings.update', resource, details: { move: word } });
      return presentMove(row);
    });

  return {
    get: async ({ organizationId }: Actor) => present(await media.places.bucketOf(organizationId)),

    /** @throws Failure VALIDATION_ERROR with every problem, TARGET_NOT_ALLOWED */
    async put(actor: Actor, body: StorageBodyFields) {
      const { organizationId } = actor;
      // A look-up has no place in a transaction.
      const wanted = merged(await media.places.bucketOf(organizationId), body);
      if (wanted?.endpoint) await outbound.check(wanted.endpoint);
      return store.inTransaction(async (tx) => {
        const before = await media.places.bucketOf(organizationId, tx);
        const bucket = merged(before, body);
        await media.places.use(tx, organizationId, bucket);
        await audit.record(tx, actor, {
          action: 'settings.update',
          resource: { type: 'storage', id: null },
          ...auditedChange(before, bucket),
        });
        const where = bucket ? `the bucket ${bucket.bucket}` : 'the storage of this server';
        return {
          success: true,
          message: `Saved. New files go to ${where} from now on; the others stay readable where they are.`,
          storage: present(bucket),
        };
      });
    },

    /**
     * Tries what a body would set, or what is set. What is wrong with it is an answer, not a failure.
     * @throws Failure VALIDATION_ERROR, RATE_LIMITED
     */
    async test(actor: Actor, body: StorageBodyFields, mayCreate: boolean): Promise<StorageTested> {
      const bucket = merged(await media.places.bucketOf(actor.organizationId), body);
      deps.rate.count(actor.organizationId);
      if (!bucket) return testOwnStorage(deps.storage);
      const agents = outbound.agents();
      return testBucket(toS3(bucket, testFolder), deps.bucket, { agents }, { mayCreate });
    },

    move: {
      get: async ({ organizationId }: Actor) => presentMove(await media.moves.latest(organizationId)),
      begin: (actor: Actor) => withMove(actor, 'begun', (tx) => media.moves.begin(tx, actor.organizationId)),
      pause: (actor: Actor) => withMove(actor, 'paused', (tx) => media.moves.pause(tx, actor.organizationId)),
      resume: (actor: Actor) =>
        withMove(actor, 'resumed', (tx) => media.moves.resume(tx, actor.organizationId)),
      cancel: (actor: Actor) =>
        withMove(actor, 'cancelled', (tx) => media.moves.cancel(tx, actor.organizationId)),
    },
  };
}

export type StorageService = ReturnType<typeof createStorageService>;

function presentMove(row: MoveRow | undefined) {
  return {
    ...{ state: row?.state ?? ('none' as const), problem: row?.problem ?? null },
    ...{ totalFiles: row?.total_files ?? 0, totalBytes: row?.total_bytes ?? 0 },
    ...{ movedFiles: row?.moved_files ?? 0, movedBytes: row?.moved_bytes ?? 0 },
    ...{ failedFiles: row?.failed_files ?? 0, createdAt: row?.created_at.toISOString() ?? null },
    updatedAt: row?.updated_at.toISOString() ?? null,
    finishedAt: row?.finished_at?.toISOString() ?? null,
  };
}

/** Of the keys only that they were replaced. */
function auditedChange(before: BucketSettings | undefined, after: BucketSettings | undefined) {
  const shown = (bucket: BucketSettings | undefined) => ({
    ...{ endpoint: bucket?.endpoint ?? null, bucket: bucket?.bucket ?? null, region: bucket?.region ?? null },
    forcePathStyle: bucket?.forcePathStyle ?? null,
  });
  const isReplaced = before?.accessKey !== after?.accessKey || before?.secretKey !== after?.secretKey;
  return {
    ...differences(shown(before), shown(after)),
    ...(isReplaced && { details: { keys: 'replaced' } }),
  };
}
