import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Busboy } from '@fastify/busboy';
import { Failure } from '../../platform/failures.ts';

export interface UploadedFile {
  /** Ends when the whole form has come and was in order; else it fails. */
  bytes: AsyncIterable<Uint8Array>;
  filename: string;
  mimetype: string;
}

/** One file, under any name, and a few fields beside it that nobody reads. */
const limits = {
  files: 1,
  fields: 20,
  parts: 25,
  fieldSize: 10_000,
  fieldNameSize: 200,
  headerPairs: 50,
  headerSize: 8_192,
};

/**
 * Hands the file of a multipart form on while it comes.
 * @throws Failure MEDIA_MISSING when there is none, VALIDATION_ERROR when it is no form or has more than one.
 */
export async function readForm<Answer>(
  request: IncomingMessage,
  take: (file: UploadedFile) => Promise<Answer>,
): Promise<Answer> {
  const form = openForm(request);
  const { promise: whole, resolve: finish, reject: fail } = Promise.withResolvers<void>();
  const { promise: first, resolve: found } = Promise.withResolvers<UploadedFile | undefined>();
  const none = () => found(undefined);
  whole.then(none, none);
  form.on('file', (_name, stream, filename, _encoding, mimetype) => {
    stream.on('error', fail);
    whole.catch((error: Error) => stream.destroy(error));
    found({ bytes: wholeFile(stream, whole), filename: plainName(filename), mimetype });
  });
  form.on('filesLimit', () => fail(invalid('Upload one file at a time.')));
  for (const limit of ['partsLimit', 'fieldsLimit'] as const) {
    form.on(limit, () => fail(invalid('The form has too many fields.')));
  }
  form.on('error', (error) => fail(invalid('The form is damaged, or ends in its middle.', error)));
  form.on('finish', finish);
  request.on('close', () => {
    if (!request.complete) fail(invalid('The form broke off.'));
  });
  request.pipe(form);
  try {
    const file = await first;
    if (file) return await take(file);
    await whole;
    throw new Failure('MEDIA_MISSING');
  } finally {
    request.unpipe(form);
    // What still comes is nobody's.
    request.resume();
  }
}

function openForm(request: IncomingMessage): Busboy {
  try {
    const contentType = request.headers['content-type'] ?? '';
    return new Busboy({ headers: { ...request.headers, 'content-type': contentType }, limits });
  } catch (error) {
    throw invalid('The form has no boundary.', error);
  }
}

/** Browsers write quotes and line ends of a name in this way, and nothing else. */
function plainName(name: string | undefined): string {
  return (name ?? '').replaceAll(/%(22|0d|0a)/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

async function* wholeFile(stream: Readable, whole: Promise<void>): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream as AsyncIterable<Uint8Array>) yield chunk;
  await whole;
}

function invalid(says: string, cause?: unknown): Failure {
  return new Failure('VALIDATION_ERROR', { says, details: [{ path: '', problem: says }], cause });
}
