import type { Problem } from '../../platform/failures.ts';
import { isMasked } from '../../platform/masked.ts';
import { isServerAddress } from '../../platform/outbound/targets.ts';
import type { BucketSettings } from '../media/index.ts';
import type { StorageBodyFields } from './storage.schema.ts';

const regionDefault = 'us-east-1';
const bucketName = /^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/i;
const regionName = /^[a-z0-9-]{1,64}$/i;

/** What a body makes of the bucket before; undefined when it takes it away. Answers every problem instead. */
export function mergeStorage(
  before: BucketSettings | undefined,
  body: StorageBodyFields,
): { bucket: BucketSettings | undefined } | { problems: Problem[] } {
  const { type, ...fields } = body;
  const isGiven = Object.values(fields).some(
    (value) => value !== undefined && value !== null && value !== '',
  );
  if (type === 'local' || (!type && !before && !isGiven)) return { bucket: undefined };
  const bucket: BucketSettings = {
    endpoint: body.s3Endpoint === undefined ? (before?.endpoint ?? null) : body.s3Endpoint?.trim() || null,
    bucket: body.s3Bucket?.trim() || (before?.bucket ?? ''),
    region: body.s3Region?.trim() || (before?.region ?? regionDefault),
    forcePathStyle: body.s3ForcePathStyle ?? before?.forcePathStyle ?? true,
    accessKey: isKept(body.s3AccessKey) ? (before?.accessKey ?? '') : (body.s3AccessKey?.trim() ?? ''),
    secretKey: isKept(body.s3SecretKey) ? (before?.secretKey ?? '') : (body.s3SecretKey?.trim() ?? ''),
  };
  const problems = problemsOf(bucket, before, body);
  return problems.length > 0 ? { problems } : { bucket };
}

const isKept = (key: string | null | undefined) => !key || isMasked(key);

function problemsOf(
  bucket: BucketSettings,
  before: BucketSettings | undefined,
  body: StorageBodyFields,
): Problem[] {
  const problems: Problem[] = [];
  if (bucket.endpoint !== null && !isServerAddress(bucket.endpoint)) {
    problems.push({ path: '/s3Endpoint', problem: 'must be an address, as in https://s3.example.com' });
  }
  if (bucket.bucket === '') problems.push({ path: '/s3Bucket', problem: 'is required' });
  else if (!bucketName.test(bucket.bucket) || bucket.bucket.includes('..')) {
    problems.push({ path: '/s3Bucket', problem: 'must be the name of a bucket' });
  }
  if (!regionName.test(bucket.region)) {
    problems.push({ path: '/s3Region', problem: 'must be a region, as in us-east-1' });
  }
  // Else keys that are kept could be shown to a store of the caller's choice.
  const isElsewhere = before !== undefined && before.endpoint !== bucket.endpoint;
  for (const [path, key, given] of [
    ['/s3AccessKey', bucket.accessKey, body.s3AccessKey],
    ['/s3SecretKey', bucket.secretKey, body.s3SecretKey],
  ] as const) {
    // Without keys the store would be asked with those of this machine.
    if (key === '') {
      problems.push({ path, problem: given ? 'is a mask, and no key is set' : 'is required' });
    } else if (/[^\x21-\x7e]/.test(key)) problems.push({ path, problem: 'must be plain letters and signs' });
    else if (isElsewhere && isKept(given))
      problems.push({ path, problem: 'is needed anew for another store' });
  }
  return problems;
}
