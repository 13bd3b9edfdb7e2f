import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { once } from '../concurrency/once.ts';
import { Failure } from '../failures.ts';
import type { GuardedAgents } from '../outbound/agents.ts';
import { createArrivals } from './arrivals.ts';
import { checkedName, NotStored, type Storage } from './storage.ts';

export interface S3Settings {
  bucket: string;
  region: string;
  /** Absent: Amazon's own for the region. */
  endpoint?: string | undefined;
  /** Absent: what the environment or the machine's role gives. */
  credentials?: { accessKeyId: string; secretAccessKey: string } | undefined;
  /** Before every name, so that a bucket can be shared. */
  prefix: string;
  /** Whether the bucket stands in the path instead of the host name; with an endpoint it does unless said. */
  forcePathStyle?: boolean | undefined;
}
/** How a bucket is spoken to. */
export interface S3Manner {
  /** For an endpoint that a client named. They outlive the storage. */
  agents?: GuardedAgents | undefined;
  /** How often a request is tried; 3 unless said. */
  tries?: number | undefined;
}

const connectMsMax = 5_000;
const silentMsMax = 30_000;
const triesMax = 3;

/**
 * Files in a bucket of any S3-compatible store. Each arrives in a folder of this machine first: its name is known only when
 * it is whole.
 */
export function createS3Storage(
  settings: S3Settings,
  arrivingFolder: string,
  manner: S3Manner = {},
): Storage {
  const arrivals = createArrivals(arrivingFolder);
  // Loaded when the first file comes: it is large.
  const client = once(() => connect(settings, manner));
  const at = (name: string) => ({ Bucket: settings.bucket, Key: settings.prefix + checkedName(name) });
  let isUsed = false;
  const s3 = () => {
    isUsed = true;
    return client();
  };
  return {
    receive: (source, limits) =>
      arrivals.receive(source, limits, async (arrived, name, { sha256, size }) => {
        const place = at(name);
        const { send, sdk } = await s3();
        // A body that is a stream can't be sent again by the client itself.
        for (let tries = 1; ; tries++) {
          const body = createReadStream(arrived);
          try {
            const put = new sdk.PutObjectCommand({ ...place, Body: body, ContentLength: size });
            // The hash is known: the client need not read the file for it, and the store can check what came.
            put.middlewareStack.add(
              (next) => (args) => {
                const { headers } = args.request as { headers: Record<string, string> };
                headers['x-amz-content-sha256'] = sha256;
                return next(args);
              },
              { step: 'build' },
            );
            await send(put);
            return;
          } catch (error) {
            if (tries >= (manner.tries ?? triesMax) || statusOf(error) < 500) throw away(error);
          } finally {
            body.destroy();
          }
        }
      }),
    async open(name, range) {
      const place = at(name);
      const { send, sdk } = await s3();
      const wish = range && { Range: `bytes=${range.start}-${range.end}` };
      try {
        const { Body, ContentLength, ContentRange } = await send(
          new sdk.GetObjectCommand({ ...place, ...wish }),
        );
        const body = Body as Readable;
        if (!range || ContentLength === range.end - range.start + 1) return body;
        // Some stores answer more than they were asked for.
        const from = Number(/^bytes (\d+)-/.exec(ContentRange ?? '')?.[1] ?? 0);
        return Readable.from(cut(body, range.start - from, range.end - range.start + 1), {
          objectMode: false,
        });
      } catch (error) {
        throw statusOf(error) === 404 ? new NotStored(name, { cause: error }) : away(error);
      }
    },
    async exists(name) {
      const place = at(name);
      const { send, sdk } = await s3();
      try {
        await send(new sdk.HeadObjectCommand(place));
        return true;
      } catch (error) {
        if (statusOf(error) === 404) return false;
        throw away(error);
      }
    },
    async remove(name) {
      const place = at(name);
      const { send, sdk } = await s3();
      await send(new sdk.DeleteObjectCommand(place)).catch((error: unknown) => {
        throw away(error);
      });
    },
    sweep: arrivals.sweep,
    async close() {
      if (isUsed && !manner.agents) (await client()).client.destroy();
    },
  };
}

/** Makes the bucket. @throws Failure UNAVAILABLE with the cause */
export async function createBucket(settings: S3Settings, manner: S3Manner): Promise<void> {
  const { send, sdk } = await connect(settings, manner);
  await send(new sdk.CreateBucketCommand({ Bucket: settings.bucket })).catch((error: unknown) => {
    throw away(error);
  });
}

async function connect(
  { endpoint, region, credentials, forcePathStyle = endpoint !== undefined }: S3Settings,
  { agents, tries = triesMax }: S3Manner,
) {
  const { sdk } = await import('./s3-sdk.ts');
  const client = new sdk.S3Client({
    region,
    // Stores other than Amazon's rarely have a host name for each bucket.
    forcePathStyle,
    ...(endpoint && { endpoint }),
    ...(credentials && { credentials }),
    // Others keep the check sums that are streamed behind the bytes as if they were bytes.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // What fails is thrown, and said once by whoever catches it.
    logger: { trace: mute, debug: mute, info: mute, warn: mute, error: mute },
    maxAttempts: tries,
    requestHandler: {
      connectionTimeout: connectMsMax,
      socketTimeout: silentMsMax,
      ...(agents && { httpAgent: agents.http, httpsAgent: agents.https }),
    },
  });
  return { sdk, client, send: client.send.bind(client) as S3Client['send'] };
}

/** `length` bytes behind the first `skip` of a stream. */
async function* cut(source: Readable, skip: number, length: number): AsyncGenerator<Uint8Array> {
  let at = 0;
  for await (const chunk of source as AsyncIterable<Uint8Array>) {
    const part = chunk.subarray(Math.max(0, skip - at), Math.max(0, skip + length - at));
    at += chunk.length;
    if (part.length > 0) yield part;
    if (at >= skip + length) return;
  }
}

const mute = () => undefined;

function away(cause: unknown): Failure {
  return new Failure('UNAVAILABLE', {
    says: 'The storage of files does not answer.',
    cause,
    retryAfterSeconds: 5,
  });
}

/** The HTTP status behind an error of the client; none is like a failure of the server. */
function statusOf(error: unknown): number {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 500;
}
