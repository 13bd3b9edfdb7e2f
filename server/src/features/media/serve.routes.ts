import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { pathId } from '../../http/path-id.ts';
import { Failure } from '../../platform/failures.ts';
import type { App } from '../../platform/feature.ts';
import { type ByteRange, NotStored } from '../../platform/storage/storage.ts';
import { readRange } from './byte-range.ts';
import { kindOf } from './content-type.ts';
import { disposition } from './file-name.ts';
import { isVariant, type Links, type Variant } from './links.ts';
import type { MediaRow, MediaStore } from './media.store.ts';
import type { Places } from './places/places.ts';

export interface ServeDeps {
  places: Pick<Places, 'open'>;
  store: MediaStore;
  links: Links;
}

const params = Type.Object({
  id: pathId('MEDIA_NOT_FOUND'),
  variant: Type.String({ description: '`file` or `thumbnail`.', examples: ['file'] }),
  token: Type.String({ examples: ['t3x9k1.dGhlIHNpZ25hdHVyZQ'] }),
});
const named = Type.Object({ ...params.properties, filename: Type.String({ examples: ['menu.pdf'] }) });
const Bytes = {
  description: 'The file, or the part of it that `Range` asks for.',
  content: { '*/*': { schema: Type.String({ format: 'binary' }) } },
};
const response = {
  200: Bytes,
  206: Bytes,
  304: Type.Null({ description: 'What `If-None-Match` names is still the same.' }),
  ...failsWith('MEDIA_NOT_FOUND', 'MEDIA_LINK_EXPIRED', 'RANGE_NOT_SATISFIABLE'),
};
const config = { access: 'public' } as const;
const summary = 'The file behind a link; the link is all it needs.';
/** Shown alone in a tab, a file of a stranger can do nothing: it runs no script and has no origin. */
const policy =
  "default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'; sandbox";
const cacheSecondsMax = 86_400;

/** Whoever has a link reads the file: what shows pictures and plays sounds can't carry a login. */
export function serveRoutes(app: App, deps: ServeDeps): void {
  const schema = { tags: ['Media'], summary, response };
  app.get('/media/:id/:variant/:token', { config, schema: { ...schema, params } }, (request, reply) =>
    answer(deps, request, reply, request.params),
  );
  app.get(
    '/media/:id/:variant/:token/:filename',
    { config, schema: { ...schema, params: named } },
    (request, reply) => answer(deps, request, reply, request.params),
  );
}

async function answer(
  { places, store, links }: ServeDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { id, variant, token }: { id: string; variant: string; token: string },
): Promise<never> {
  if (!isVariant(variant)) throw new Failure('MEDIA_NOT_FOUND');
  const goodSeconds = links.check(id, variant, token);
  const row = await store.findById(id);
  if (!row || (variant === 'thumbnail' && !row.has_thumbnail)) throw new Failure('MEDIA_NOT_FOUND');
  const { mimetype, size, tag, name } = facts(row, variant);
  const range = size === undefined ? undefined : rangeOf(request, reply, { size, tag });
  const stream =
    request.method === 'HEAD' || request.headers['if-none-match'] === tag
      ? undefined
      : await open(places, row, variant, range);
  reply.headers({
    etag: tag,
    'accept-ranges': size === undefined ? 'none' : 'bytes',
    'cache-control': `private, max-age=${Math.min(goodSeconds, cacheSecondsMax)}, immutable`,
    'content-security-policy': policy,
    'content-disposition': disposition(isShown(mimetype) ? 'inline' : 'attachment', name),
    'content-type': mimetype,
  });
  if (request.headers['if-none-match'] === tag) return sent(reply.code(304).send());
  if (range) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${size}`);
  if (size !== undefined) reply.header('content-length', range ? range.end - range.start + 1 : size);
  return sent(reply.send(stream ?? ''));
}

/** The answer is a stream, of which the types of schemas know nothing. */
function sent(reply: FastifyReply): never {
  return reply as never;
}

function facts(row: MediaRow, variant: Variant) {
  if (variant === 'thumbnail') {
    return { mimetype: 'image/webp', size: undefined, tag: `"${row.sha256}-thumbnail"`, name: '' };
  }
  return { mimetype: row.mimetype, size: row.size, tag: `"${row.sha256}"`, name: row.filename };
}

function rangeOf(
  request: FastifyRequest,
  reply: FastifyReply,
  { size, tag }: { size: number; tag: string },
): ByteRange | undefined {
  const condition = request.headers['if-range'];
  if (condition !== undefined && condition !== tag) return undefined;
  try {
    return readRange(request.headers.range, size);
  } catch (error) {
    reply.header('content-range', `bytes */${size}`);
    throw error;
  }
}

async function open(
  places: ServeDeps['places'],
  row: MediaRow,
  variant: Variant,
  range: ByteRange | undefined,
) {
  try {
    return await places.open(row, variant === 'file' ? undefined : variant, range);
  } catch (error) {
    throw error instanceof NotStored ? new Failure('MEDIA_NOT_FOUND', { cause: error }) : error;
  }
}

/** What a browser shows without running anything that is in it. */
function isShown(mimetype: string): boolean {
  return kindOf(mimetype) !== 'document' || mimetype === 'application/pdf';
}
