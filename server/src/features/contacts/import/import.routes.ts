import Type from 'typebox';
import { failsWith } from '../../../http/fails-with.ts';
import { byId } from '../../../http/path-id.ts';
import { Success } from '../../../http/schema.ts';
import type { App } from '../../../platform/feature.ts';
import { uploadMsMax } from '../../media/index.ts';
import * as wire from './import.schema.ts';
import type { ImportService } from './import.service.ts';

const tags = ['Contacts'];
const access = 'contact:import' as const;
const params = byId('IMPORT_NOT_FOUND');
const missing = failsWith('IMPORT_NOT_FOUND');
const later =
  'Up to 5000 rows in one megabyte are taken at once, all in one transaction, and answered with 201. More go on as a job: 202 ' +
  'answers it, `GET /contacts/imports/:id` shows how far it is, and `contact.imported` tells its end. Imported again, nothing ' +
  'is there twice.';

/** `/contacts/import…`: many people at once. */
export function importRoutes(
  app: App,
  service: ImportService,
  { bodyBytesMax }: { bodyBytesMax: number },
): void {
  const config = { access, idempotent: true as const, bodyMsMax: uploadMsMax };
  app.post(
    '/contacts/import',
    {
      bodyLimit: bodyBytesMax,
      config,
      schema: {
        tags,
        summary: 'Import contacts from a list.',
        description: later,
        body: wire.ImportContacts,
        response: {
          201: wire.ImportResult,
          202: wire.ContactImport,
          ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND', 'MEDIA_QUOTA_EXCEEDED', 'MEDIA_TOO_LARGE'),
        },
      },
    },
    async ({ actor, body }, reply) => {
      const { isLater, result } = await service.list(actor, body);
      return isLater ? reply.status(202).send(result) : reply.status(201).send(result);
    },
  );

  app.post(
    '/contacts/import/csv',
    {
      bodyLimit: bodyBytesMax,
      config,
      schema: {
        tags,
        summary: 'Import contacts from a table: text, or an uploaded file.',
        description:
          'Columns are found by their headers, in any case: `phone` (`nomor`, `number`, `whatsapp`, `hp`), `name` (`nama`), `tags` ' +
          '(`tag`, `label`; several with `;`); `mapping` names others, and those that become metadata. The separator (comma, ' +
          'semicolon or tab) and the encoding (UTF-8, UTF-16, Windows-1252) are found, too. ' +
          later,
        body: wire.ImportCsv,
        response: {
          201: wire.ImportResult,
          202: wire.ContactImport,
          ...failsWith(
            'VALIDATION_ERROR',
            'CSV_COLUMN_MISSING',
            'CSV_UNREADABLE',
            'PROFILE_NOT_FOUND',
            'MEDIA_NOT_FOUND',
            'MEDIA_QUOTA_EXCEEDED',
            'MEDIA_TOO_LARGE',
          ),
        },
      },
    },
    async ({ actor, body }, reply) => {
      const { isLater, result } = await service.table(actor, body);
      return isLater ? reply.status(202).send(result) : reply.status(201).send(result);
    },
  );

  app.get(
    '/contacts/imports',
    {
      config: { access },
      schema: {
        tags,
        summary: 'List imports that went on as jobs, newest first; they are kept for 30 days.',
        querystring: wire.ImportsQuery,
        response: { 200: wire.ContactImportPage, ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND') },
      },
    },
    async ({ actor, query }) => service.all(actor, query),
  );

  app.get(
    '/contacts/imports/:id',
    {
      config: { access },
      schema: {
        tags,
        summary: 'How far an import is.',
        params,
        response: { 200: wire.ContactImport, ...missing },
      },
    },
    async ({ actor, params: { id } }) => service.get(actor, id),
  );

  app.get(
    '/contacts/imports/:id/failures',
    {
      config: { access, envelope: 'never' },
      schema: {
        tags,
        summary: 'The rows of an import that failed, with the reason of each, as CSV.',
        params,
        response: {
          200: {
            description: 'The file.',
            content: { 'text/csv': { schema: Type.String({ examples: ['line,phone,reason'] }) } },
          },
          ...missing,
        },
      },
    },
    async ({ actor, params: { id } }, reply) => {
      const file = await service.failures(actor, id);
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="failures_${id}.csv"`)
        .header('x-content-type-options', 'nosniff')
        .send(file as never);
    },
  );

  app.delete(
    '/contacts/imports/:id',
    {
      config: { access },
      schema: {
        tags,
        summary: 'End an import where it stands, and forget its report.',
        params,
        response: { 200: Success, ...missing },
      },
    },
    async ({ actor, params: { id } }) => service.remove(actor, id),
  );
}
