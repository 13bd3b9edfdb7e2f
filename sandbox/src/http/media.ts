import type { IncomingMessage } from 'node:http';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { kindOf } from '../faults/kinds.ts';
import { tooLarge } from '../media/files.ts';
import type { StoredMedia } from '../media/media-store.ts';
import type { Network } from '../network.ts';
import { byteRange } from './byte-range.ts';
import { FaultStruck, RequestFailure } from './failures.ts';
import * as schemas from './media-schemas.ts';
import { Empty, refusals } from './schemas.ts';

const PAGE = 100;

/** The media host that clients upload to and download from. It never sees a plain file. */
export function mediaHostRoutes(network: () => Network): FastifyPluginAsyncTypebox {
  return async (app) => {
    const tags = ['Media'];
    // Bodies stay streams, whatever type they claim to be: a file goes to disk as it comes.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, body, done) => done(null, body));

    const upload = async (kind: string, hash: string, auth: string, raw: IncomingMessage, host: string) => {
      const { media } = network();
      const refuse = (error: unknown): never => {
        // What is left of the body is let go, so that the client comes to read the answer.
        raw.resume();
        throw error;
      };
      const { fileBytesMax } = media.files;
      if (Number(raw.headers['content-length'] ?? 0) > fileBytesMax) refuse(tooLarge(fileBytesMax));
      let uploader = '';
      try {
        uploader = media.uploader(auth);
        failIfStruck(network(), 'upload', uploader);
      } catch (error) {
        refuse(error);
      }
      const stored = await media.files.receive(raw, hash, kind, uploader).catch(refuse);
      const directPath = media.files.directPath(stored);
      return { url: media.url(directPath, host), direct_path: directPath };
    };
    const schema = {
      tags,
      summary: 'Upload an encrypted file.',
      querystring: schemas.UploadQuery,
      response: { 200: schemas.Uploaded, ...refusals, ...schemas.mediaRefusals },
    };
    app.post('/mms/:kind/:hash', { schema: { ...schema, params: schemas.UploadParam } }, (request) =>
      upload(request.params.kind, request.params.hash, request.query.auth ?? '', request.raw, request.host),
    );
    for (const [path, kind] of [
      ['/product/image', 'product-image'],
      ['/pps/biz-cover-photo', 'biz-cover-photo'],
    ] as const) {
      app.post(`${path}/:hash`, { schema: { ...schema, params: schemas.UploadHashParam } }, (request) =>
        upload(kind, request.params.hash, request.query.auth ?? '', request.raw, request.host),
      );
    }
    app.get(
      '/v/media/:file',
      {
        schema: {
          tags,
          summary: 'Download an encrypted file, or a range of it.',
          params: schemas.FileParam,
          querystring: schemas.FileQuery,
          headers: schemas.FileHeaders,
          response: { 200: schemas.FileBytes, 206: schemas.FileBytes, ...refusals, ...schemas.mediaRefusals },
        },
      },
      async ({ params: { file }, query, headers }, reply) => {
        failIfStruck(network(), 'download');
        const { files } = network().media;
        const stored = files.find(file.replace(/\.enc$/, ''), query.oh ?? '');
        const range = byteRange(headers.range, stored.size);
        reply.header('accept-ranges', 'bytes').type('application/octet-stream');
        if (range === 'unsatisfiable') {
          reply.header('content-range', `bytes */${stored.size}`);
          throw new RequestFailure(416, 'RANGE_NOT_SATISFIABLE', `The file has ${stored.size} bytes.`);
        }
        const { start, end } = range ?? { start: 0, end: stored.size - 1 };
        if (range) reply.code(206).header('content-range', `bytes ${start}-${end}/${stored.size}`);
        reply.header('content-length', end - start + 1);
        return reply.send(files.stream(stored, start, end) as never);
      },
    );
  };
}

/** What testers do to files: look at them, let them expire, take them away. */
export function mediaRoutes(network: () => Network): FastifyPluginAsyncTypebox {
  return async (app) => {
    const tags = ['Media'];
    app.get(
      '/api/media',
      {
        schema: {
          tags,
          summary: 'Uploaded files, oldest first.',
          querystring: schemas.MediaQuery,
          response: { 200: schemas.MediaPage, ...refusals },
        },
      },
      async ({ query: { after = 0, limit = PAGE }, host }) => {
        const { files } = network().media;
        const found = files.list(after, limit);
        const media = found.map((stored) => describe(network(), stored, host));
        return { media, cursor: found.at(-1)?.seq ?? after, totalBytes: files.totalBytes };
      },
    );
    app.post(
      '/api/media/:id/expire',
      {
        schema: {
          tags,
          summary: 'The network loses a file: downloads fail, and a phone that has it can upload it again.',
          params: schemas.MediaParam,
          body: schemas.Expiry,
          response: { 200: schemas.Media, ...refusals },
        },
      },
      async ({ params: { id }, body, host }) => {
        const { files } = network().media;
        files.expire(id, body.status === 404 ? 404 : 410);
        const stored = files.get(id);
        if (!stored) throw noMedia();
        return describe(network(), stored, host);
      },
    );
    app.delete(
      '/api/media/:id',
      {
        schema: {
          tags,
          summary: 'A file is gone everywhere, from the phones too.',
          params: schemas.MediaParam,
          response: { 200: Empty, ...refusals },
        },
      },
      async ({ params: { id } }) => {
        if (!network().media.files.remove(id)) throw noMedia();
        return {};
      },
    );
  };
}

function describe({ media }: Network, stored: StoredMedia, host: string) {
  const { seq, id, kind, size, hash, uploader, uploadedAt, gone } = stored;
  const directPath = media.files.directPath(stored);
  const url = media.url(directPath, host);
  return { seq, id, kind, size, sha256: hash, uploader, uploadedAt, directPath, url, status: gone || 200 };
}

/** Lets a fault have its way with an upload or download. */
function failIfStruck({ faults }: Network, stage: 'upload' | 'download', number?: string): void {
  const fault = faults.strikeStage(stage, number === undefined ? {} : { number });
  if (fault) throw new FaultStruck(fault.name, fault.code ?? kindOf(fault.name).code ?? 500);
}

function noMedia(): RequestFailure {
  return new RequestFailure(404, 'MEDIA_NOT_FOUND', 'There is no such file.');
}
