import { Failure } from '../../platform/failures.ts';
import type { DownloadLimits, Outbound } from '../../platform/outbound/outbound.ts';
import { OutboundFailed } from '../../platform/outbound/outbound-failed.ts';
import { tooLarge } from './base64.ts';

export interface Fetched {
  bytes: AsyncIterable<Uint8Array>;
  mimetype: string | undefined;
  filename: string | undefined;
}

/**
 * Begins to fetch a file from the address a client gave. Nothing that is private is reached, by redirects neither.
 * @throws Failure MEDIA_URL_FAILED with what happened, MEDIA_TOO_LARGE, VALIDATION_ERROR or TARGET_NOT_ALLOWED.
 */
export async function fetchFile(
  outbound: Outbound,
  url: string,
  { bytesMax, ...limits }: DownloadLimits & { bytesMax: number },
): Promise<Fetched> {
  const answer = await outbound.download(url, limits).catch((error: unknown) => {
    throw toFailure(error);
  });
  const { status, headers, body } = answer;
  const refuse = (failure: Failure) => {
    body.destroy();
    return failure;
  };
  if (status !== 200) throw refuse(failed(`The address answered ${status}.`));
  if (Number(headers['content-length'] ?? 0) > bytesMax) throw refuse(tooLarge(bytesMax));
  return {
    bytes: withFailures(body),
    mimetype: headers['content-type'],
    filename: nameIn(headers['content-disposition']) ?? decoded(answer.url.pathname.split('/').at(-1) ?? ''),
  };
}

async function* withFailures(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw toFailure(error);
  }
}

function toFailure(error: unknown): unknown {
  return error instanceof OutboundFailed ? failed(error.message, error) : error;
}

function failed(says: string, cause?: unknown): Failure {
  return new Failure('MEDIA_URL_FAILED', {
    says: `The file could not be fetched: ${says}`,
    details: [{ path: '/url', problem: says }],
    cause,
  });
}

function nameIn(header: string | string[] | undefined): string | undefined {
  const text = String(header ?? '').slice(0, 2_000);
  const exact = /filename\*=utf-8''([^;\s]+)/i.exec(text)?.[1];
  if (exact !== undefined) return decoded(exact);
  return /filename="([^"]*)"/i.exec(text)?.[1] ?? /filename=([^;\s"]+)/i.exec(text)?.[1];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
