import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { byId } from '../../http/path-id.ts';
import { given } from '../../http/schema.ts';
import type { Actor } from '../../platform/actor.ts';
import type { App } from '../../platform/feature.ts';
import { Media, UploadBody, Uploaded, UploadForm } from './media.schema.ts';
import type { MediaSource } from './sources.ts';
import { readForm, type UploadedFile } from './upload-form.ts';

export interface MediaRouteDeps {
  get(actor: Actor, id: string): Promise<Static<typeof Media>>;
  upload(actor: Actor, file: UploadedFile): Promise<Static<typeof Uploaded>>;
  take(actor: Actor, source: MediaSource): Promise<Static<typeof Uploaded>>;
  /** Of a JSON body with base64 in it. */
  bodyBytesMax: number;
}

/** What may be wrong with a file that is taken in. */
export const mediaFailures = [
  'MEDIA_MISSING',
  'MEDIA_BASE64_INVALID',
  'MEDIA_NOT_FOUND',
  'MEDIA_QUOTA_EXCEEDED',
  'MEDIA_TOO_LARGE',
  'MEDIA_TYPE_MISMATCH',
  'MEDIA_PIXELS_EXCEEDED',
  'MEDIA_UNREADABLE',
  'MEDIA_URL_FAILED',
  'TARGET_NOT_ALLOWED',
] as const;
/** Who uploads from a telephone needs time; silence still ends it. */
export const uploadMsMax = 15 * 60_000;

export function mediaRoutes(app: App, deps: MediaRouteDeps): void {
  app.get(
    '/media/:id',
    {
      config: { access: 'message:read' },
      schema: {
        tags: ['Media'],
        summary: 'What is known of a file, with new links to it.',
        params: byId('MEDIA_NOT_FOUND'),
        response: { 200: Media, ...failsWith('MEDIA_NOT_FOUND') },
      },
    },
    (request) => deps.get(request.actor, request.params.id),
  );
  app.register((uploads, _options, done) => {
    uploadRoute(uploads as unknown as App, deps);
    done();
  });
}

/** In a scope of its own: only here a body may be a form, which is read while it comes. */
function uploadRoute(app: App, deps: MediaRouteDeps): void {
  app.addContentTypeParser('multipart/form-data', (_request, _payload, done) => done(null));
  app.addHook('onError', (_request, reply, _error, done) => {
    // Of a refused upload the rest is not waited for.
    reply.header('connection', 'close');
    done();
  });
  app.post(
    '/uploads/media',
    {
      bodyLimit: deps.bodyBytesMax,
      config: { access: 'message:send', envelope: 'never', bodyMsMax: uploadMsMax },
      schema: {
        tags: ['Uploads'],
        summary: 'Upload a file, to be sent by its id or its url.',
        description:
          'A form with one file, streamed; or JSON that names an address or carries base64. The type is found in the ' +
          'content: a file that is not what it is said to be is refused. The same file uploaded again is the same media. ' +
          'It is kept for `MEDIA_UNUSED_SECONDS`, and as long as a message has it.',
        body: {
          content: {
            'multipart/form-data': { schema: UploadForm },
            'application/json': { schema: UploadBody },
          },
        },
        response: { 201: Uploaded, ...failsWith(...mediaFailures) },
      },
    },
    async (request: FastifyRequest, reply: FastifyReply) => reply.code(201).send(await upload(deps, request)),
  );
}

function upload({ upload: take, take: fetch }: MediaRouteDeps, request: FastifyRequest) {
  const { actor, raw } = request;
  if (/^multipart\/form-data/i.test(request.headers['content-type'] ?? '')) {
    return readForm(raw, (file) => take(actor, file));
  }
  const { url, base64, filename, mimetype } = (request.body ?? {}) as UploadBody;
  return fetch(actor, {
    url: given(url),
    base64: given(base64),
    filename: given(filename),
    mimetype: given(mimetype),
  });
}
