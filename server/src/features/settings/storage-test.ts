import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Failure } from '../../platform/failures.ts';
import { createBucket, type S3Manner, type S3Settings } from '../../platform/storage/s3.ts';
import { NotStored, nameOf, type Storage } from '../../platform/storage/storage.ts';
import type { StorageFault } from './storage.schema.ts';

const totalMsMax = 20_000;
const bytesOfTest = 1_000;
const saidLengthMax = 200;

/** What a test found out, in words that somebody can act on. */
export interface StorageTested {
  success: boolean;
  message: string;
  code: StorageFault | null;
  bucketMissing: boolean;
  bucketCreated: boolean;
  durationMs: number;
}
type Fault = { code: StorageFault; says: string };
/** What was being done when it went wrong. */
interface Step {
  does: 'write to' | 'read from' | 'remove from' | 'make';
}

const wrongLogin =
  /^(InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken|ExpiredToken|InvalidSecurity|AuthFailure|RequestTimeTooSkewed|UnrecognizedClientException)$/;
const wrongRegion =
  /^(PermanentRedirect|TemporaryRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException|InvalidLocationConstraint)$/;

/** Writes a small file, reads it back, compares every byte and removes it. Ends within twenty seconds. */
export async function testBucket(
  settings: S3Settings,
  bucket: (settings: S3Settings, manner: S3Manner) => Storage,
  manner: S3Manner,
  { mayCreate }: { mayCreate: boolean },
): Promise<StorageTested> {
  const startedAt = performance.now();
  const storage = bucket(settings, { ...manner, tries: 1 });
  const name = settings.bucket;
  const host = settings.endpoint ? new URL(settings.endpoint).host : 'Amazon S3';
  const step: Step = { does: 'write to' };
  const attempt = async (): Promise<Fault | undefined> => {
    try {
      return await roundTrip(storage, step);
    } catch (error) {
      return faultOf(error, step, host, name);
    }
  };
  let bucketCreated = false;
  const whole = async () => {
    const fault = await attempt();
    if (fault?.code !== 'bucket' || !mayCreate) return fault;
    step.does = 'make';
    try {
      await createBucket(settings, { ...manner, tries: 1 });
    } catch (error) {
      return faultOf(error, step, host, name);
    }
    bucketCreated = true;
    step.does = 'write to';
    return attempt();
  };
  const fault = await within(whole(), {
    code: 'timeout',
    says: `${host} did not answer in time. A wrong port looks so, too.`,
  });
  return {
    success: fault === undefined,
    message: fault?.says ?? `The bucket ${name} takes files, gives them back and removes them.`,
    code: fault?.code ?? null,
    bucketMissing: fault?.code === 'bucket',
    bucketCreated,
    durationMs: Math.round(performance.now() - startedAt),
  };
}

/** The same for the storage of this server, of which organisations are told nothing but whether it works. */
export async function testOwnStorage(storage: Storage): Promise<StorageTested> {
  const startedAt = performance.now();
  const fault = await within(
    roundTrip(storage, { does: 'write to' }).catch(
      (): Fault => ({ code: 'other', says: 'The storage of this server does not work.' }),
    ),
    { code: 'timeout', says: 'The storage of this server did not answer in time.' },
  );
  return {
    ...{ success: fault === undefined, code: fault?.code ?? null },
    ...{ bucketMissing: false, bucketCreated: false },
    message: fault?.says ?? 'The storage of this server takes files, gives them back and removes them.',
    durationMs: Math.round(performance.now() - startedAt),
  };
}

async function roundTrip(storage: Storage, step: Step): Promise<Fault | undefined> {
  const bytes = randomBytes(bytesOfTest);
  const received = await storage.receive(Readable.from([bytes]), { bytesMax: bytesOfTest });
  const name = nameOf('test', received.sha256);
  step.does = 'write to';
  await received.keep(name).finally(received.discard);
  step.does = 'read from';
  const isSame = (await buffer(await storage.open(name))).equals(bytes);
  step.does = 'remove from';
  await storage.remove(name);
  if (isSame) return undefined;
  return { code: 'bytes', says: 'What was read is not what was written: this store changes files.' };
}

async function within(work: Promise<Fault | undefined>, late: Fault): Promise<Fault | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<Fault>((resolve) => {
    timer = setTimeout(() => resolve(late), totalMsMax);
  });
  return Promise.race([work, over]).finally(() => clearTimeout(timer));
}

/** What went wrong, for people. */
function faultOf(error: unknown, { does }: Step, host: string, bucket: string): Fault {
  const chain = causes(error);
  const refused = chain.find((one) => one instanceof Failure && one.code === 'TARGET_NOT_ALLOWED');
  if (refused) return { code: 'target', says: refused.message };
  if (chain.some((one) => one instanceof NotStored)) {
    return { code: 'bytes', says: `${host} took a file and does not have it.` };
  }
  const names = chain.flatMap(({ name, code }) => [name, String(code ?? '')]);
  const last = chain.at(-1);
  const said = (last?.message ?? '').replaceAll(/\p{Cc}+/gu, ' ').slice(0, saidLengthMax);
  const status = chain.map((one) => one.$metadata?.httpStatusCode).find((code) => code !== undefined);
  const has = (pattern: RegExp) => names.some((name) => pattern.test(name));
  if (has(/^NoSuchBucket$/)) return { code: 'bucket', says: `There is no bucket ${bucket} at ${host}.` };
  if (has(wrongLogin)) return { code: 'login', says: `${host} refused the keys: ${said}` };
  if (has(wrongRegion) || status === 301) {
    return { code: 'region', says: `The bucket ${bucket} lies in another region: ${said}` };
  }
  if (has(/^(AccessDenied|AllAccessDisabled|Forbidden)$/) || status === 403) {
    return { code: 'permission', says: `The keys do not allow to ${does} the bucket ${bucket}: ${said}` };
  }
  if (has(/^(ENOTFOUND|EAI_\w+)$/)) {
    return { code: 'dns', says: `The name of ${host} could not be resolved.` };
  }
  if (has(/^ECONNREFUSED$/)) {
    return { code: 'connection', says: `${host} refused the connection: nothing listens on this port.` };
  }
  if (has(/^(TimeoutError|ETIMEDOUT)$/)) {
    return { code: 'timeout', says: `${host} did not answer in time. A wrong port looks so, too.` };
  }
  if (
    chain.some((one) => /certificate|SSL|TLS|EPROTO|altname|self.signed/i.test(`${one.code} ${one.message}`))
  ) {
    return { code: 'tls', says: `The TLS connection to ${host} failed: ${said}` };
  }
  if (has(/^(ECONNRESET|EPIPE|EHOSTUNREACH|ENETUNREACH)$/)) {
    return { code: 'connection', says: `The connection to ${host} failed: ${said}` };
  }
  return { code: 'other', says: `${host} did not answer as a store does: ${said}` };
}

type Cause = Error & { code?: unknown; $metadata?: { httpStatusCode?: number } };

/** An error and what is behind it; of one that stands for several, the first. */
function causes(error: unknown): Cause[] {
  const chain: Cause[] = [];
  for (let one: unknown = error; one instanceof Error && chain.length < 10; ) {
    chain.push(one as Cause);
    one = one.cause ?? (one instanceof AggregateError ? one.errors[0] : undefined);
  }
  return chain;
}
