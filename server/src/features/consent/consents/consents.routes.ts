import Type from 'typebox';
import { failsWith } from '../../../http/fails-with.ts';
import { onePage, sliceOf } from '../../../http/list.ts';
import { byId } from '../../../http/path-id.ts';
import type { App } from '../../../platform/feature.ts';
import { uploadMsMax } from '../../media/index.ts';
import { ImportedOptOuts as Imported } from '../opt-outs.schema.ts';
import * as wire from './consents.schema.ts';
import type { ConsentService } from './consents.service.ts';

const tags = ['Contacts'];
const params = byId('CONSENT_NOT_FOUND');
const placeRefusals = ['VALIDATION_ERROR', 'PROFILE_NOT_FOUND', 'PERMISSION_DENIED'] as const;

/** `/consents`: who has agreed to be written to. */
export function consentRoutes(
  app: App,
  service: ConsentService,
  { bodyBytesMax }: { bodyBytesMax: number },
): void {
  app.get(
    '/consents',
    {
      config: { access: 'contact:read' },
      schema: {
        tags,
        summary: 'Who has agreed to be written to, newest first.',
        querystring: wire.ConsentQuery,
        response: {
          200: Type.Array(wire.Consent),
          ...failsWith('VALIDATION_ERROR', 'PROFILE_NOT_FOUND', 'INVALID_RECIPIENT'),
        },
      },
    },
    async ({ actor, query }, reply) => {
      const slice = sliceOf(query);
      return onePage(reply, slice, await service.list(actor, query, slice), ({ at }) => at);
    },
  );
  app.post(
    '/consents',
    {
      config: { access: 'contact:update' },
      schema: {
        tags,
        summary: 'Note that somebody has agreed to be written to, and what shows it.',
        description:
          'Campaigns whose policy asks for consent write to these people only. It does not undo an opt-out. Of one person and kind ' +
          'the last that was noted counts.',
        body: wire.SetConsent,
        response: { 201: wire.Consent, ...failsWith(...placeRefusals, 'INVALID_RECIPIENT') },
      },
    },
    async ({ actor, body }, reply) => reply.status(201).send(await service.set(actor, body)),
  );
  app.delete(
    '/consents/:id',
    {
      config: { access: 'contact:update' },
      schema: {
        tags,
        summary: 'Somebody does not agree any more.',
        params,
        response: { 200: wire.Consent, ...failsWith('CONSENT_NOT_FOUND') },
      },
    },
    async ({ actor, params: { id } }) => service.remove(actor, id),
  );
  app.post(
    '/consents/import',
    {
      bodyLimit: bodyBytesMax,
      config: { access: 'contact:import', bodyMsMax: uploadMsMax },
      schema: {
        tags,
        summary: 'Note that everybody in a table has agreed.',
        description:
          'The column `phone` is read, as of contacts. Who is noted already stays as they are noted.',
        body: wire.ImportConsents,
        response: {
          200: Imported,
          ...failsWith(
            ...placeRefusals,
            ...(['CSV_COLUMN_MISSING', 'CSV_UNREADABLE', 'MEDIA_NOT_FOUND'] as const),
          ),
        },
      },
    },
    async ({ actor, body }) => service.import(actor, body),
  );
  app.get(
    '/consents/export',
    {
      config: { access: 'contact:export' },
      schema: {
        tags,
        summary: 'Everybody who has agreed, as CSV.',
        description: 'Cells that a spreadsheet would run as a formula begin with a quote.',
        response: {
          200: {
            description: 'The table.',
            content: {
              'text/csv': { schema: Type.String({ examples: ['phone,chat,kind,source,evidence,at'] }) },
            },
          },
        },
      },
    },
    async ({ actor }, reply) =>
      reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="consents.csv"')
        .header('x-content-type-options', 'nosniff')
        .send((await service.export(actor)) as never),
  );
}
