import Type from 'typebox';
import { failsWith } from '../../http/fails-with.ts';
import { byId } from '../../http/path-id.ts';
import { Success } from '../../http/schema.ts';
import type { App } from '../../platform/feature.ts';
import type { AllKeeps } from '../../platform/keeps/keeps.ts';
import type { EraseService } from './erase/erase.service.ts';
import type { ExportService } from './export/exports.service.ts';
import * as wire from './gdpr.schema.ts';

const tags = ['GDPR'];
const params = byId('EXPORT_NOT_FOUND');

/** `/account`: exporting one's data, and deleting one's account. For people only, never for keys. */
export function gdprRoutes(
  app: App,
  { exports, erase, keeps }: { exports: ExportService; erase: EraseService; keeps: AllKeeps },
): void {
  app.get(
    '/account/export',
    {
      config: { access: 'person', envelope: 'never' },
      schema: {
        tags,
        summary: 'Download everything stored about you; the owner also receives the whole organization.',
        description:
          'The document is streamed as a file while it is read, so it comes without the envelope. ' +
          'For large organizations `POST /account/exports` makes a file in the background.',
        response: { 200: wire.personalData(keeps) },
      },
    },
    async (request, reply) => {
      const { file, name } = await exports.stream(request.actor);
      return reply.headers(attachment('application/json; charset=utf-8', name)).send(file);
    },
  );

  for (const [path, tag] of [
    ['/account/delete', 'GDPR'],
    ['/auth/account', 'Auth'],
  ] as const) {
    app.delete(
      path,
      {
        config: { access: 'person' },
        schema: {
          tags: [tag],
          summary: 'Delete your account; the owner deletes the whole organization.',
          description:
            'Tokens and keys stop at once. An owner must be the only member left; their devices are then ' +
            'unlinked, what still waits to be sent is cancelled, and everything is deleted within minutes.',
          body: wire.Erase,
          response: { 200: wire.Erased, ...failsWith('PASSWORD_INCORRECT', 'OWNER_STILL_NEEDED') },
        },
      },
      async (request) => erase.account(request.actor, request.body.password),
    );
  }

  exportRoutes(app, exports);
}

function exportRoutes(app: App, exports: ExportService): void {
  app.post(
    '/account/exports',
    {
      config: { access: 'person', idempotent: 'in-transaction' },
      schema: {
        tags,
        summary: 'Have a file made of everything stored about you.',
        description: 'One at a time. The file can be downloaded for 24 hours.',
        response: { 201: wire.DataExport, ...failsWith('EXPORT_IN_PROGRESS') },
      },
    },
    async (request, reply) => reply.code(201).send(await exports.create(request.actor, request.idempotency)),
  );

  app.get(
    '/account/exports',
    {
      config: { access: 'person' },
      schema: {
        tags,
        summary: 'List your newest exports, newest first.',
        response: { 200: Type.Array(wire.DataExport) },
      },
    },
    async (request) => exports.list(request.actor),
  );

  app.get(
    '/account/exports/:id',
    {
      config: { access: 'person' },
      schema: {
        tags,
        summary: 'Get an export: how far it is, and where its file is.',
        params,
        response: { 200: wire.DataExport, ...failsWith('EXPORT_NOT_FOUND') },
      },
    },
    async (request) => exports.get(request.actor, request.params.id),
  );

  app.get(
    '/account/exports/:id/download',
    {
      config: { access: 'person', envelope: 'never' },
      schema: {
        tags,
        summary: 'Download the file of an export, for 24 hours after it is ready.',
        params,
        response: {
          200: wire.File,
          ...failsWith('EXPORT_NOT_FOUND', 'EXPORT_NOT_READY', 'EXPORT_EXPIRED', 'PERMISSION_DENIED'),
        },
      },
    },
    async (request, reply) => {
      const { file, bytes, name } = await exports.download(request.actor, request.params.id);
      const headers = { ...attachment('application/gzip', name), 'content-length': String(bytes) };
      return reply.headers(headers).send(file);
    },
  );

  app.delete(
    '/account/exports/:id',
    {
      config: { access: 'person' },
      schema: {
        tags,
        summary: 'Delete an export and its file.',
        params,
        response: { 200: Success, ...failsWith('EXPORT_NOT_FOUND') },
      },
    },
    async (request) => {
      await exports.remove(request.actor, request.params.id);
      return { success: true };
    },
  );
}

/** Headers of an answer that is a file. */
function attachment(type: string, name: string): Record<string, string> {
  return { 'content-type': type, 'content-disposition': `attachment; filename="${name}"` };
}
